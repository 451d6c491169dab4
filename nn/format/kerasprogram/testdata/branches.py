# Conditions, loops, tuples that are joined, a function that is mapped, an activation of its own at the end.
import keras
from keras import backend, layers

side, kinds = 64, 2
shape = (side, side) + (3,)
if backend.image_data_format() == 'channels_first':
    shape = (3, side, side)
elif kinds != 2:
    shape = ()

train, held = keras.utils.image_dataset_from_directory('pets', validation_split=0.25, subset='both', seed=5,
                                                       image_size=(side, side), batch_size=20)
scale = layers.Rescaling(1 / 127.5, offset=-1)
changes = [layers.RandomFlip('horizontal'), layers.RandomZoom(0.1)]

def changed(pictures):
    for layer in changes:
        pictures = layer(pictures)
    return scale(pictures)

train = train.map(lambda x, y: (changed(x), y)).prefetch(2)

def network(kinds, widths=(8, 16)):
    inputs = keras.Input(shape=shape)
    x = inputs
    for i, width in enumerate(widths):
        x = layers.Conv2D(4, 1)(x)
    for width in [8, 16]:
        x = layers.SeparableConv2D(width, 3, padding='same')(x)
    for _ in range(2):
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    if kinds == 2:
        units, last = 1, 'sigmoid'
    else:
        units, last = kinds, 'softmax'
    x = layers.Dense(units)(x)
    return keras.Model(inputs, layers.Activation(last)(x))

model = network(kinds)
model.compile('sgd', keras.losses.BinaryCrossentropy(), metrics=['accuracy'])
model.fit(train, epochs=3, validation_data=held)
