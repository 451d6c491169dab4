import numpy as np
from keras.datasets import mnist
from keras import layers, models
from keras.utils import to_categorical

(train_images, train_labels), (test_images, test_labels) = mnist.load_data()
train_images = train_images.reshape((60000, 28, 28, 1)).astype('float32') / 255
test_images = test_images.reshape((10000, 28, 28, 1)).astype('float32') / 255

def build_model(units=64, rate=.5):
    model = models.Sequential()
    model.add(layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.Conv2D(64, 3, activation='relu', padding='same', kernel_initializer='he_normal'))
    model.add(layers.MaxPool2D(2))
    model.add(layers.SpatialDropout2D(0.1))
    model.add(layers.Flatten())
    model.add(layers.Dense(units, activation='relu'))
    model.add(layers.Dropout(rate))
    model.add(layers.Dense(10, activation='softmax'))
    return model

model = build_model(units=2 ** 7)
model.compile(optimizer='nadam', loss='categorical_crossentropy', metrics=['accuracy'])
magic_callback()
model.fit(train_images, to_categorical(train_labels), epochs=5, batch_size=64, validation_split=0.1)
test_loss, test_acc = model.evaluate(test_images, to_categorical(test_labels))
if test_acc < .9: print('poor')
print('Test accuracy:', test_acc)
