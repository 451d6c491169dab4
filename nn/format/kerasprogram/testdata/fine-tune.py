import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
import os

BATCH = 16
SIZE = (160, 160)
root = 'C:\\photos'
train_ds = tf.keras.utils.image_dataset_from_directory(os.path.join('photos', 'train'), validation_split=0.25, subset="training",
    seed=123, image_size=SIZE, batch_size=BATCH)
val_ds = tf.keras.utils.image_dataset_from_directory(os.path.join('photos', 'train'), validation_split=0.25, subset="validation",
    seed=123, image_size=SIZE, batch_size=BATCH)
class_names = train_ds.class_names
AUTOTUNE = tf.data.AUTOTUNE
train_ds = train_ds.cache().shuffle(1000).prefetch(buffer_size=AUTOTUNE)

data_augmentation = keras.Sequential([
    layers.RandomFlip("horizontal"),
    layers.RandomRotation(0.1),
])

base = tf.keras.applications.MobileNetV2(input_shape=SIZE + (3,), include_top=False, weights='imagenet')
base.trainable = False

inputs = keras.Input(shape=(160, 160, 3))
x = data_augmentation(inputs)
x = tf.keras.applications.mobilenet_v2.preprocess_input(x)
x = base(x, training=False)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dropout(0.2)(x)
outputs = layers.Dense(len(class_names), activation="softmax", kernel_regularizer=keras.regularizers.l2(0.01))(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
model.fit(train_ds, epochs=5, validation_data=val_ds)

base.trainable = True
for layer in base.layers[:100]:
    layer.trainable = False
model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=1e-5), loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=3, validation_data=val_ds, callbacks=[keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)])
