package scan

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"golang.org/x/crypto/blake2b"

	"taster/core"
)

const (
	digestLength = 4 << 20  // bytes read at once: short reads are slow in a browser
	digestStep   = 64 << 20 // bytes between two reports of progress
)

// digest is the digest of src in lower-case hex. Where src has no way of its own
// to it, all of src is read, in pieces; it says how far it is in files of more than digestStep bytes.
func (o outlet) digest(src core.Source, algorithm core.Algorithm) (string, error) {
	if h, ok := src.(core.Hasher); ok && algorithm == core.SHA256 {
		if sum, err := h.SHA256(); !errors.Is(err, core.ErrUnsupported) {
			return sum, err
		}
	}
	h, err := newHash(algorithm, src.Size())
	if err != nil {
		return "", err
	}
	buf := make([]byte, min(digestLength, src.Size()))
	for at := int64(0); at < src.Size(); {
		if err := o.ctx.Err(); err != nil {
			return "", err
		}
		if at%digestStep == 0 && at > 0 {
			p := &core.Progress{Step: string(algorithm) + " of " + src.Name(), Unit: "bytes", Done: at, Total: src.Size()}
			if err := o.send(core.Event{Progress: p}); err != nil {
				return "", err
			}
		}
		want := min(int64(len(buf)), src.Size()-at)
		n, err := src.ReadAt(buf[:want], at)
		if int64(n) < want {
			return "", core.AtOffset(at+int64(n), orEOF(err))
		}
		h.Write(buf[:n])
		at += want
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func orEOF(err error) error {
	if err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}

// newHash starts a digest over size bytes.
func newHash(algorithm core.Algorithm, size int64) (hash.Hash, error) {
	switch algorithm {
	case core.MD5:
		return md5.New(), nil
	case core.SHA1:
		return sha1.New(), nil
	case core.SHA224:
		return sha256.New224(), nil
	case core.SHA256:
		return sha256.New(), nil
	case core.SHA384:
		return sha512.New384(), nil
	case core.SHA512:
		return sha512.New(), nil
	case core.BLAKE2b:
		return blake2b.New512(nil)
	case core.GitBlob:
		h := sha1.New()
		fmt.Fprintf(h, "blob %d\x00", size)
		return h, nil
	}
	return nil, fmt.Errorf("%w: digests by %q", core.ErrUnsupported, algorithm)
}

// hashes says whether an input of this size is hashed.
func (r *run) hashes(size int64) bool { return r.job.Digest || size <= r.limits.Digest }

// content adds the digests of the tables in a and below. Reading a table again
// can fail only where opening it did, or where the file has changed since.
func (t *task) content(a *core.Artifact) error {
	var stop error
	a.Walk(func(m *core.Artifact) {
		if stop != nil || t.cfg.Content == nil || m.Table == nil {
			return
		}
		err := guard(func() (err error) { m.Content, err = t.cfg.Content(t.step(), m); return err })
		if err != nil {
			stop = t.broken(m, m.Kind, err)
		}
	})
	return stop
}

// digests computes digests of inputs by path, each once.
type digests struct {
	run  *run
	made map[digestKey]digestValue
}

type digestKey struct {
	path      string
	algorithm core.Algorithm
}

type digestValue struct {
	digest string
	err    error
}

func (r *run) newDigests() *digests {
	d := &digests{run: r, made: map[digestKey]digestValue{}}
	for _, a := range r.artifacts {
		if a.SHA256 != "" {
			d.made[digestKey{a.File, core.SHA256}] = digestValue{digest: a.SHA256}
		}
	}
	return d
}

// of implements Digest of [core.Inputs].
func (d *digests) of(ctx context.Context, path string, algorithm core.Algorithm) (string, error) {
	key := digestKey{path, algorithm}
	v, ok := d.made[key]
	if !ok {
		v.digest, v.err = d.compute(ctx, path, algorithm)
		if err := ctx.Err(); err != nil {
			return "", err
		}
		d.made[key] = v
	}
	return v.digest, v.err
}

func (d *digests) compute(ctx context.Context, path string, algorithm core.Algorithm) (string, error) {
	src, err := d.source(path)
	if err != nil {
		return "", err
	}
	return outlet{ctx, d.run.out}.digest(src, algorithm)
}

// source is an input that may be hashed.
func (d *digests) source(path string) (core.Source, error) {
	src, ok := d.run.sources[path]
	if !ok {
		return nil, fmt.Errorf("%w: %q is not among the inputs", core.ErrUnsupported, path)
	}
	if !d.run.hashes(src.Size()) {
		return nil, fmt.Errorf("%w: files above %d bytes are hashed on request only", core.ErrLimit, d.run.limits.Digest)
	}
	return src, nil
}

// part implements DigestPart of [core.Inputs].
func (d *digests) part(ctx context.Context, path string, algorithm core.Algorithm, offset, length int64) (string, error) {
	src, err := d.source(path)
	if err != nil {
		return "", err
	}
	section, err := core.Section(src, path, offset, length)
	if err != nil {
		return "", err
	}
	return outlet{ctx, d.run.out}.digest(section, algorithm)
}

// content implements Content of [core.Inputs].
func (d *digests) content(path string, limit int64) ([]byte, error) {
	src, ok := d.run.sources[path]
	if !ok {
		return nil, fmt.Errorf("%w: %q is not among the inputs", core.ErrUnsupported, path)
	}
	return core.ReadAll(src, limit)
}
