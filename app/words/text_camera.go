package words

func init() {
	speak(map[string]string{
		"camera.open":       "Camera",
		"camera.open.class": "Record examples of {0} with the camera",
		"camera.close":      "Close camera",
		"camera.flip":       "Other camera",
		"camera.view":       "What the camera sees",
		"camera.asking":     "Waiting for the camera. The browser may ask whether this page may use it.",
		"camera.promise":    "The pictures stay in this tab.",
		"camera.live":       "Camera",
		"camera.take":       "Take a picture",
		"camera.taken":      "Photo {0}",
		"camera.hold":       "Hold to record",
		"camera.hold.class": "Hold to record examples of {0}; a short press takes one",
		"camera.hold.hint":  "Move it, turn it, change the light while you hold.",
		"camera.recording":  "Recording: {0}",
		"camera.again":      "Try again",
		"camera.denied": "This page may not use the camera. Allow it in the browser's settings for this site, " +
			"at the left of the address, then try again.",
		"camera.absent": "No camera was found. Connect one, or choose picture files.",
		"camera.busy":   "The camera is in use by another program. Close that, then try again.",
		"camera.insecure": "Browsers give the camera only to pages from this machine or over https. Open this " +
			"page that way.",
		"camera.broken": "The camera gave no picture. Try again, or choose picture files.",
		"camera.ended":  "The camera was taken away.",
	})
}
