package state

import (
	"crypto/sha256"
	"encoding/hex"
	"wafer/app/bridge"
	"wafer/app/client"
	"wafer/server/api"
)

// shelf is the part of a server that takes uploads. fail may refuse a request.
type shelf struct {
	got   map[string][]byte
	calls []string
	fail  func(call int) error
}

func (s *shelf) called(what string) error {
	s.calls = append(s.calls, what)
	if s.fail == nil {
		return nil
	}
	return s.fail(len(s.calls))
}

func (s *shelf) Begin(f api.File) (api.Upload, error) {
	if err := s.called("begin"); err != nil {
		return api.Upload{}, err
	}
	return api.Upload{SHA256: f.SHA256, Size: f.Size, Offset: int64(len(s.got[f.SHA256]))}, nil
}

func (s *shelf) Send(f api.File, offset int64, piece []byte) (api.Upload, error) {
	if err := s.called("send"); err != nil {
		return api.Upload{}, err
	}
	if offset != int64(len(s.got[f.SHA256])) {
		return api.Upload{}, &client.Error{Status: 409, Message: "not there"}
	}
	s.got[f.SHA256] = append(s.got[f.SHA256], piece...)
	return api.Upload{SHA256: f.SHA256, Size: f.Size, Offset: int64(len(s.got[f.SHA256]))}, nil
}

func fileOf(data []byte) api.File {
	sum := sha256.Sum256(data)
	return api.File{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(data))}
}

func infoOf(name string, file []byte) bridge.FileInfo {
	f := fileOf(file)
	return bridge.FileInfo{Name: name, SHA256: f.SHA256, Size: f.Size}
}
