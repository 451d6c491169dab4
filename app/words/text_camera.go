package words

func init() {
	speak(map[string]text{
		"camera.open":       {"Camera", "摄像头"},
		"camera.open.class": {"Record examples of {0} with the camera", "用摄像头录制“{0}”的示例"},
		"camera.close":      {"Close camera", "关闭摄像头"},
		"camera.flip":       {"Other camera", "切换摄像头"},
		"camera.view":       {"What the camera sees", "摄像头画面"},
		"camera.asking": {
			"Waiting for the camera. The browser may ask whether this page may use it.",
			"正在等待摄像头。浏览器可能会询问是否允许本页使用。",
		},
		"camera.promise":    {"The pictures stay in this tab.", "画面只留在本标签页。"},
		"camera.live":       {"Camera", "摄像头"},
		"camera.take":       {"Take a picture", "拍照"},
		"camera.taken":      {"Photo {0}", "照片 {0}"},
		"camera.hold":       {"Hold to record", "按住录制"},
		"camera.hold.class": {"Hold to record examples of {0}; a short press takes one", "按住录制“{0}”的示例；短按拍一张"},
		"camera.hold.hint":  {"Move it, turn it, change the light while you hold.", "按住时移动、转动物体，变换光线。"},
		"camera.recording":  {"Recording: {0}", "录制中：{0}"},
		"camera.again":      {"Try again", "再试一次"},
		"camera.denied": {"This page may not use the camera. Allow it in the browser's settings for this site, " +
			"at the left of the address, then try again.",
			"本页未获准使用摄像头。请在地址栏左侧的网站设置中允许，然后重试。"},
		"camera.absent": {"No camera was found. Connect one, or choose picture files.", "没有找到摄像头。请连接一个，或选择图片文件。"},
		"camera.busy": {
			"The camera is in use by another program. Close that, then try again.",
			"摄像头正被其他程序使用。请关闭后重试。",
		},
		"camera.insecure": {
			"Browsers give the camera only to pages from this machine or over https. Open this page that way.",
			"浏览器只允许本机或 https 页面使用摄像头。请以这种方式打开本页。",
		},
		"camera.broken": {"The camera gave no picture. Try again, or choose picture files.", "摄像头没有画面。请重试，或选择图片文件。"},
		"camera.ended":  {"The camera was taken away.", "摄像头已断开。"},
	})
}
