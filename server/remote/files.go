package remote

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"wafer/server/api"
)

// ErrChanged is the error of a file that is no more what it was when it was hashed.
var ErrChanged = errors.New("the file has changed since it was read first")

// Upload sends content unless the server has it. chunk is api.Server.MaxChunk; report is told how many bytes the server
// has or are on their way, as often as there is news.
func (c *Client) Upload(ctx context.Context, f api.File, content io.ReadSeeker, chunk int,
	report func(bytes int64)) error {
	path := fmt.Sprintf("/api/files/%s?size=%d", f.SHA256, f.Size)
	u := api.Upload{Offset: -1}
	return c.persist(ctx, func() (bool, error) {
		before := u.Offset
		err := c.call(ctx, "POST", path, nil, &u)
		for err == nil && u.Offset < f.Size {
			report(u.Offset)
			err = c.send(ctx, path, &u, content, min(int64(chunk), f.Size-u.Offset), report)
		}
		var said *Error
		switch {
		case err == nil:
			report(f.Size)
		case errors.As(err, &said) && said.Status == http.StatusUnprocessableEntity:
			return false, fmt.Errorf("%w: %w", ErrChanged, err)
		case errors.As(err, &said) && said.Status == http.StatusConflict: // somebody else uploads the same
			said.Status = http.StatusServiceUnavailable
		}
		return u.Offset > before, err
	})
}

// send sends one chunk.
func (c *Client) send(ctx context.Context, path string, u *api.Upload, content io.ReadSeeker, size int64,
	report func(int64)) error {
	if _, err := content.Seek(u.Offset, io.SeekStart); err != nil {
		return err
	}
	body := &counted{from: io.LimitReader(content, size), at: u.Offset, report: report}
	res, err := c.request(ctx, "PATCH", path, body, size, "Upload-Offset", fmt.Sprint(u.Offset))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return json.NewDecoder(res.Body).Decode(u)
}

// counted tells how far a reader is.
type counted struct {
	from   io.Reader
	at     int64
	report func(int64)
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	if c.at += int64(n); n > 0 {
		c.report(c.at)
	}
	return n, err
}

// Download writes content and checks it. What was written before a connection broke is not asked for again. The
// error of content that does not have its hash comes after it was written.
func (c *Client) Download(ctx context.Context, f api.File, to io.Writer, report func(bytes int64)) error {
	at, whole := int64(0), sha256.New()
	err := c.persist(ctx, func() (bool, error) {
		before, from := at, ""
		if at > 0 {
			from = fmt.Sprintf("bytes=%d-", at)
		}
		res, err := c.request(ctx, "GET", "/api/files/"+f.SHA256, nil, 0, "Range", from)
		if err != nil {
			return false, err
		}
		defer res.Body.Close()
		if at > 0 && res.StatusCode != http.StatusPartialContent {
			return false, errors.New("the server cannot go on with a download")
		}
		body := &counted{from: res.Body, at: at, report: report}
		_, err = io.Copy(io.MultiWriter(whole, to), body)
		at = body.at
		if err == nil && at < f.Size {
			err = io.ErrUnexpectedEOF
		}
		return at > before, err
	})
	if err == nil && hex.EncodeToString(whole.Sum(nil)) != f.SHA256 {
		err = errors.New("what came is not what the server announced")
	}
	return err
}
