import pandas as pd
import tensorflow as tf
from sklearn.model_selection import train_test_split
from tensorflow.keras.callbacks import EarlyStopping, ReduceLROnPlateau

MAX_WORDS, MAX_LEN = 5000, 120
df = pd.read_csv('./reviews.csv')
X_train, X_test, y_train, y_test = train_test_split(df['text'], df['label'], test_size=0.3, random_state=42)
tok = tf.keras.preprocessing.text.Tokenizer(num_words=MAX_WORDS, oov_token="<OOV>")
tok.fit_on_texts(X_train)
vocab_size = len(tok.word_index) + 1
X_train = tf.keras.preprocessing.sequence.pad_sequences(tok.texts_to_sequences(X_train), maxlen=MAX_LEN, padding='post')

model = tf.keras.Sequential([
    tf.keras.layers.Embedding(vocab_size, 64),
    tf.keras.layers.Bidirectional(tf.keras.layers.LSTM(32, return_sequences=True)),
    tf.keras.layers.GlobalMaxPool1D(),
    tf.keras.layers.Dense(24, activation=tf.nn.relu),
    tf.keras.layers.Dense(3)])
model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=3e-4, clipnorm=1.0),
              loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(X_train, y_train, epochs=20, validation_split=0.1, class_weight={0: 1., 1: 2., 2: 1.},
          callbacks=[EarlyStopping(monitor='val_accuracy', patience=3), ReduceLROnPlateau(factor=0.5, patience=2)])
model.evaluate(X_test, y_test)
