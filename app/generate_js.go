package app

// generate is for native builds only: the browser has no files to write.
func generate() {}
