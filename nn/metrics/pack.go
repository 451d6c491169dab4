package metrics

import (
	"wafer/nn/say"
	"wafer/nn/task"
)

// sixBits are the letters of a packed probability (RFC 4648, URL).
const sixBits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// packedOne is the number that a probability of 1 is packed as, in three letters.
const packedOne = 1<<18 - 1

// Pack writes answers as a report carries them, each probability to the nearest of 2¹⁸ steps.
func (a Answers) Pack() *task.Answers {
	letters := make([]byte, 0, 3*len(a.P))
	for _, v := range a.P {
		n := int(min(max(float64(v), 0), 1)*packedOne + 0.5)
		letters = append(letters, sixBits[n>>12], sixBits[n>>6&63], sixBits[n&63])
	}
	return &task.Answers{Labels: a.Labels, P: string(letters)}
}

// Unpack reads what Pack wrote, of samples with known labels alone; numbers are their places.
func Unpack(packed task.Answers, classes int) (a Answers, numbers []int, err error) {
	if classes < 1 || len(packed.P) != 3*classes*len(packed.Labels) {
		return a, nil, damaged(packed)
	}
	a.Classes = classes
	var value [256]int
	for i := range value {
		value[i] = -1
	}
	for i := range len(sixBits) {
		value[sixBits[i]] = i
	}
	for i, label := range packed.Labels {
		if label < 0 {
			continue // it was not held out
		}
		if label >= classes {
			return a, nil, say.Errorf("Sample %d belongs to class number %d, but the recipe has %d.", i+1, label+1,
				classes)
		}
		a.Labels, numbers = append(a.Labels, label), append(numbers, i)
		for k := 3 * classes * i; k < 3*classes*(i+1); k += 3 {
			x, y, z := value[packed.P[k]], value[packed.P[k+1]], value[packed.P[k+2]]
			if min(x, y, z) < 0 {
				return a, nil, damaged(packed)
			}
			a.P = append(a.P, float32(float64(x<<12|y<<6|z)/packedOne))
		}
	}
	if len(numbers) == 0 {
		return a, nil, damaged(packed)
	}
	return a, numbers, nil
}

func damaged(packed task.Answers) error {
	return say.Errorf("There are %d answers to %d samples, which is damaged.", len(packed.P)/3, len(packed.Labels))
}
