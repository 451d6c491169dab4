package layers

// Classes makes an empty layer of each class.
func Classes() map[string]func() Layer { return classes }
