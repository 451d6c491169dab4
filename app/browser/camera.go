package browser

// CameraTrouble says in one word why there is no picture from a camera.
type CameraTrouble string

const (
	CameraDenied   CameraTrouble = "denied"   // the person or a rule of the browser said no
	CameraAbsent   CameraTrouble = "absent"   // no camera is connected
	CameraBusy     CameraTrouble = "busy"     // another program has it, or the system lets nobody have it
	CameraInsecure CameraTrouble = "insecure" // browsers give cameras only to https and to this machine
	CameraBroken   CameraTrouble = "broken"   // anything else
)

// Facing is the way a camera looks.
type Facing string

const (
	Front Facing = "user"        // at the person
	Back  Facing = "environment" // away from the person
)

// FrameSide is the longer side of a picture taken, in pixels: twice what the largest shipped network sees.
const FrameSide = 480
