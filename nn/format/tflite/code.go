package tflite

import "fmt"

// Code is the schema's BuiltinOperator.
type Code int

const (
	add             Code = 0
	averagePool2D   Code = 1
	concatenation   Code = 2
	conv2D          Code = 3
	depthwiseConv2D Code = 4
	dequantize      Code = 6
	fullyConnected  Code = 9
	logistic        Code = 14
	maxPool2D       Code = 17
	mul             Code = 18
	relu            Code = 19
	relu6           Code = 21
	reshape         Code = 22
	softmax         Code = 25
	tanh            Code = 28
	pad             Code = 34
	mean            Code = 40
	squeeze         Code = 43
	quantize        Code = 114
)

var codeNames = map[Code]string{add: "ADD", averagePool2D: "AVERAGE_POOL_2D", concatenation: "CONCATENATION",
	conv2D:          "CONV_2D",
	depthwiseConv2D: "DEPTHWISE_CONV_2D", dequantize: "DEQUANTIZE", fullyConnected: "FULLY_CONNECTED",
	logistic:  "LOGISTIC",
	maxPool2D: "MAX_POOL_2D", relu: "RELU", relu6: "RELU6", reshape: "RESHAPE", softmax: "SOFTMAX", tanh: "TANH",
	pad: "PAD", mul: "MUL",
	mean: "MEAN", squeeze: "SQUEEZE", quantize: "QUANTIZE"}

// String is the schema's name, or a number for operators that are not read.
func (c Code) String() string {
	if name := codeNames[c]; name != "" {
		return name
	}
	return fmt.Sprintf("operator code %d", int(c))
}

// activation is Keras' name of the schema's ActivationFunctionType.
func activation(fused byte) (string, error) {
	switch fused {
	case 0:
		return "", nil
	case 1:
		return "relu", nil
	case 3:
		return "relu6", nil
	case 4:
		return "tanh", nil
	}
	return "", fmt.Errorf("has the fused activation %d, which is not read", fused)
}

// padding is Keras' word for the schema's Padding.
func padding(p byte) (string, error) {
	switch p {
	case 0:
		return "same", nil
	case 1:
		return "valid", nil
	}
	return "", fmt.Errorf("has the padding %d, must be 0 or 1", p)
}
