package jsfile

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
)

// disk counts the reads of a file in memory.
type disk struct {
	data  []byte
	reads int
	err   error
}

func (d *disk) readFull(p []byte, off int64) error {
	d.reads++
	if d.err != nil {
		return d.err
	}
	if copy(p, d.data[off:]) < len(p) {
		return errors.New("read outside of the file")
	}
	return nil
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 >> 3)
	}
	return b
}

func TestReadAtFollowsReaderAt(t *testing.T) {
	d := &disk{data: pattern(3*windowSize + 100)}
	c, want := &cache{}, bytes.NewReader(d.data)
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		p, q := make([]byte, r.IntN(2*windowSize)), []byte(nil)
		q = make([]byte, len(p))
		off := r.Int64N(int64(len(d.data)) + 50)
		n, err := c.readAt(d, int64(len(d.data)), p, off)
		m, wantErr := want.ReadAt(q, off)
		if n != m || err != wantErr || !bytes.Equal(p[:n], q[:m]) {
			t.Fatalf("%d bytes at %d: %d, %v; want %d, %v", len(p), off, n, err, m, wantErr)
		}
	}
	if _, err := c.readAt(d, int64(len(d.data)), make([]byte, 1), -1); err != io.EOF {
		t.Errorf("negative offset: %v", err)
	}
}

func TestShortReadsShareWindows(t *testing.T) {
	d := &disk{data: pattern(windowSize + 10)}
	c := &cache{}
	for off := range int64(1000) {
		for _, at := range []int64{off, windowSize + off%10} { // head and tail in turn, as with archives
			if _, err := c.readAt(d, int64(len(d.data)), make([]byte, 1), at); err != nil {
				t.Fatal(err)
			}
		}
	}
	if d.reads != 2 {
		t.Errorf("%d reads, want 2", d.reads)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	c := &cache{}
	for range 100 {
		d := &disk{data: pattern(windowSize)}
		if _, err := c.readAt(d, windowSize, make([]byte, 10), 0); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.windows) != windows {
		t.Errorf("%d windows, want %d", len(c.windows), windows)
	}
}

func TestFailedReadIsNotKept(t *testing.T) {
	broken := errors.New("the file changed")
	d := &disk{data: pattern(100), err: broken}
	c := &cache{}
	if _, err := c.readAt(d, 100, make([]byte, 10), 0); err != broken {
		t.Fatalf("error %v, want %v", err, broken)
	}
	d.err = nil
	p := make([]byte, 10)
	if n, err := c.readAt(d, 100, p, 5); n != 10 || err != nil || !bytes.Equal(p, d.data[5:15]) {
		t.Errorf("%d, %v, %v", n, err, p)
	}
}

func BenchmarkShortReads(b *testing.B) {
	d := &disk{data: pattern(1 << 20)}
	c, p := &cache{}, make([]byte, 30)
	b.SetBytes(int64(len(p)))
	for off := int64(0); b.Loop(); off = (off + 4099) % (1<<20 - 30) {
		if _, err := c.readAt(d, 1<<20, p, off); err != nil {
			b.Fatal(err)
		}
	}
}
