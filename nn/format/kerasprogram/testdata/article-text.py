import numpy as np
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Embedding, LSTM, Dense

# Tokenize the texts
tokenizer = Tokenizer(num_words=10000)
tokenizer.fit_on_texts(train_texts)
train_sequences = tokenizer.texts_to_sequences(train_texts)
val_sequences = tokenizer.texts_to_sequences(val_texts)
x_train = pad_sequences(train_sequences, maxlen=100)
x_val = pad_sequences(val_sequences, maxlen=100)

model = Sequential()
model.add(Embedding(input_dim=10000, output_dim=128, input_length=100))
model.add(LSTM(64))
model.add(Dense(1, activation='sigmoid'))

model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.summary()

history = model.fit(x_train, np.array(train_labels), epochs=10, batch_size=32,
                    validation_data=(x_val, np.array(val_labels)))

loss, accuracy = model.evaluate(x_val, np.array(val_labels))
print(f"Validation accuracy: {accuracy:.2f}")
