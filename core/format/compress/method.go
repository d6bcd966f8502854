package compress

import (
	"context"
	"errors"
	"fmt"
	"io"

	"taster/core"
)

// Method is one step of unpacking data that has no header of its own, as zip
// and 7z archives hold it.
type Method struct {
	name   string
	unpack func(in *input, out *output) error
	filter filter // instead of unpack
}

// Stored is data as it is.
func Stored() Method {
	return Method{name: "stored", unpack: func(in *input, out *output) error {
		_, err := io.Copy(out, onlyReader{in})
		return err
	}}
}

// onlyReader hides the other methods of an input from io.Copy.
type onlyReader struct{ io.Reader }

// Deflate is raw deflate data (RFC 1951).
func Deflate() Method { return Method{name: "deflate", unpack: inflate} }

// BZip2 is a bzip2 stream, or several.
func BZip2() Method { return Method{name: "bzip2", unpack: bunzip} }

// XZ is one .xz stream.
func XZ() Method { return Method{name: "xz", unpack: xzStream} }

// LZMA2 is chunks of LZMA2 up to their end mark.
func LZMA2() Method { return Method{name: "LZMA2", unpack: unpackLZMA2} }

// LZMA is raw LZMA data of size unpacked bytes, or up to an end mark when size
// is negative. props begins with the byte that packs lc, lp and pb.
func LZMA(props []byte, size int64) (Method, error) {
	if len(props) == 0 || !new(lzmaDecoder).setProps(props[0]) {
		return Method{}, fmt.Errorf("%w: LZMA properties % x", core.ErrMalformed, props[:min(len(props), 5)])
	}
	n := uint64(lzmaUnknown)
	if size >= 0 {
		n = uint64(size)
	}
	return Method{name: "LZMA", unpack: func(in *input, out *output) error { return lzma(in, out, props[0], n) }}, nil
}

// Delta undoes the differences of bytes that are dist apart, from 1 to 256.
func Delta(dist int) Method {
	return Method{name: "delta", filter: delta(min(max(dist, 1), 256))}
}

// X86 undoes the filter that makes the addresses of calls absolute.
func X86() Method { return Method{name: "x86", filter: unfilterX86} }

// Unpack takes packed through methods in turn, within what o allows, and
// returns what came out under a name: all of it, or, with an error, what came
// out before the error. The caller releases it when it was scanned. No more than size bytes are unpacked; a negative size
// is none that is known.
func Unpack(ctx context.Context, o *core.Opener, name string, packed core.Source, size int64, methods ...Method) (*Content, error) {
	limit := room(packed.Size(), o)
	known := size >= 0 && size <= limit
	if known {
		limit = size
	}
	out, err := chain(ctx, packed, limit, methods, o.Emit)
	*o.Unpacked += out.n
	switch {
	case out.refused, ctx.Err() != nil:
		return newContent(name, &output{}, func() *output { return &output{} }), err
	case errors.Is(err, core.ErrLimit) && known:
		err = fmt.Errorf("%w: more than the %d bytes that are announced", core.ErrMalformed, size)
	case errors.Is(err, core.ErrLimit):
		err = fmt.Errorf("%w: %d bytes unpack to more than %d", core.ErrLimit, packed.Size(), limit)
	case err != nil && !errors.Is(err, core.ErrUnsupported) && !errors.Is(err, core.ErrMalformed):
		err = fmt.Errorf("%w: %w, after %d unpacked bytes", core.ErrMalformed, err, out.n)
	}
	n := out.n
	return newContent(name, out, func() *output {
		again, _ := chain(context.Background(), packed, n, methods, nil) // the error is known
		return again
	}), err
}

func chain(ctx context.Context, packed core.Source, limit int64, methods []Method, emit func(core.Event) error) (*output, error) {
	src, out := packed, &output{}
	var first error
	for _, m := range methods {
		if m.filter != nil {
			m.filter(out, 0)
			continue
		}
		in, next := newInput(ctx, src), &output{limit: limit}
		if emit != nil {
			next.grown = func() error {
				return emit(core.Event{Progress: &core.Progress{Step: "Unpacking", Unit: "bytes", Done: in.pos(), Total: in.src.Size()}})
			}
		}
		err := m.unpack(in, next)
		if in.failed != nil {
			err = in.failed
		}
		if err != nil && first == nil {
			first = fmt.Errorf("%s: %w", m.name, err)
		}
		out, src = next, next
	}
	return out, first
}
