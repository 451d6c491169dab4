package web

import (
	"cmp"
	"math"
)

// Limits bound what callers may ask for. Zero means the default.
type Limits struct {
	Rate       float64 // requests per second and caller; default 200
	Burst      int     // requests at once beyond that; default twice the rate
	Streams    int     // event streams at once and caller; default 256
	AllStreams int     // event streams at once; default 1024
	Transfers  int     // uploads and predictions at once, of which one caller may have half; default 64

	MaxFile     int64 // bytes of one uploaded file; default 2 GiB, as in the store
	MaxChunk    int   // bytes of one PATCH; default 16 MiB
	MaxJob      int   // bytes of a job as JSON; default 512 KiB
	MaxJobFiles int   // files of one job; default 1500
	MaxSeconds  int   // of one attempt of a job; default a week

	MaxModel   int64 // bytes of a model file that is opened here; default 1 GiB
	MaxPredict int   // bytes of a request to predict; default 16 MiB
	MaxBatch   int   // inputs of a request to predict; default 256
	MaxPixels  int64 // of all pictures of a request to predict, whose files may be far smaller; default 200 million
	Memory     int64 // bytes of models that are kept open; default 1 GiB
}

// MinChunk is the least that a chunk of an upload may hold, unless it is the last: a part of the store.
const MinChunk = 1 << 20

// withDefaults has the default of every limit that is zero.
func (l Limits) withDefaults() Limits {
	l.Rate = cmp.Or(l.Rate, 200)
	l.Burst = cmp.Or(l.Burst, int(math.Ceil(2*l.Rate)))
	l.Streams = cmp.Or(l.Streams, 256)
	l.AllStreams = cmp.Or(l.AllStreams, 1024)
	l.Transfers = cmp.Or(l.Transfers, 64)
	l.MaxFile = cmp.Or(l.MaxFile, 2<<30)
	l.MaxChunk = cmp.Or(l.MaxChunk, 16<<20)
	l.MaxJob = cmp.Or(l.MaxJob, 512<<10)
	l.MaxJobFiles = cmp.Or(l.MaxJobFiles, 1500)
	l.MaxSeconds = cmp.Or(l.MaxSeconds, 7*24*3600)
	l.MaxModel = cmp.Or(l.MaxModel, 1<<30)
	l.MaxPredict = cmp.Or(l.MaxPredict, 16<<20)
	l.MaxBatch = cmp.Or(l.MaxBatch, 256)
	l.MaxPixels = cmp.Or(l.MaxPixels, 200_000_000)
	l.Memory = cmp.Or(l.Memory, 1<<30)
	return l
}
