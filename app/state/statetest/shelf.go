package statetest

import (
	"crypto/sha256"
	"encoding/hex"

	"wafer/app/bridge"
	"wafer/app/client"
	"wafer/server/api"
)

// Shelf is the part of a server that takes uploads. fail may refuse a request.
type Shelf struct {
	Got   map[string][]byte
	Calls []string
	Fail  func(call int) error
}

func (s *Shelf) called(what string) error {
	s.Calls = append(s.Calls, what)
	if s.Fail == nil {
		return nil
	}
	return s.Fail(len(s.Calls))
}

func (s *Shelf) Begin(f api.File) (api.Upload, error) {
	if err := s.called("begin"); err != nil {
		return api.Upload{}, err
	}
	return api.Upload{SHA256: f.SHA256, Size: f.Size, Offset: int64(len(s.Got[f.SHA256]))}, nil
}

func (s *Shelf) Send(f api.File, offset int64, piece []byte) (api.Upload, error) {
	if err := s.called("send"); err != nil {
		return api.Upload{}, err
	}
	if offset != int64(len(s.Got[f.SHA256])) {
		return api.Upload{}, &client.Error{Status: 409, Message: "not there"}
	}
	s.Got[f.SHA256] = append(s.Got[f.SHA256], piece...)
	return api.Upload{SHA256: f.SHA256, Size: f.Size, Offset: int64(len(s.Got[f.SHA256]))}, nil
}

func FileOf(data []byte) api.File {
	sum := sha256.Sum256(data)
	return api.File{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(data))}
}

func InfoOf(name string, file []byte) bridge.FileInfo {
	f := FileOf(file)
	return bridge.FileInfo{Name: name, SHA256: f.SHA256, Size: f.Size}
}
