package sigstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"taster/core/der"
	"taster/core/pki"
)

// Object identifier of the extension that holds signed certificate time-stamps
// (RFC 6962, 3.3), and its encoding.
const oidSCT = "1.3.6.1.4.1.11129.2.4.2"

// mostSCTs bounds the time-stamps of one certificate.
const mostSCTs = 16

// sct is one signed certificate time-stamp.
type sct struct {
	log        []byte
	time       uint64 // milliseconds
	extensions []byte
	signature  []byte
}

// readSCTs reads the list in the extension: lengths of two bytes before the
// whole and before each.
func readSCTs(value []byte) ([]sct, error) {
	d := der.New(value)
	list := d.Value(der.OctetString).Content
	d.End()
	if err := d.Err(); err != nil {
		return nil, err
	}
	body, rest, ok := counted(list)
	if !ok || len(rest) > 0 {
		return nil, fmt.Errorf("the list of certificate time-stamps is not well formed")
	}
	var out []sct
	for len(body) > 0 {
		one, more, ok := counted(body)
		if !ok || len(out) >= mostSCTs {
			return nil, fmt.Errorf("the list of certificate time-stamps is not well formed")
		}
		body = more
		s, ok := readSCT(one)
		if !ok {
			return nil, fmt.Errorf("a certificate time-stamp is not well formed")
		}
		out = append(out, s)
	}
	return out, nil
}

// counted splits b into what its first two bytes count, and the rest.
func counted(b []byte) (part, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	n := int(binary.BigEndian.Uint16(b))
	if n > len(b)-2 {
		return nil, nil, false
	}
	return b[2 : 2+n], b[2+n:], true
}

// readSCT reads version, log, time, extensions, two bytes that name the
// algorithm, and the signature.
func readSCT(b []byte) (sct, bool) {
	const head = 1 + 32 + 8
	if len(b) < head || b[0] != 0 {
		return sct{}, false
	}
	s := sct{log: b[1:33], time: binary.BigEndian.Uint64(b[33:head])}
	var ok bool
	var rest []byte
	if s.extensions, rest, ok = counted(b[head:]); !ok || len(rest) < 2 {
		return sct{}, false
	}
	s.signature, rest, ok = counted(rest[2:])
	return s, ok && len(rest) == 0
}

// checkSCT looks for a certificate time-stamp of a log of the root in leaf, which
// issuer has issued. It returns the log's host.
func checkSCT(leaf, issuer *pki.Certificate, logs []*Log) (string, error) {
	x := leaf.Extension(oidSCT)
	if x == nil {
		return "", fmt.Errorf("the certificate has no time-stamp of a log of certificates")
	}
	scts, err := readSCTs(x.Value)
	if err != nil {
		return "", err
	}
	err = errUnknown("the root does not know the log of certificates")
	for _, s := range scts {
		at := time.UnixMilli(int64(min(s.time, 1<<52)))
		log, known := find(logs, s.log, at)
		if !known {
			continue
		}
		if why := s.check(log, at, leaf, issuer); why != nil {
			err = why
			continue
		}
		return log.Host, nil
	}
	return "", err
}

func (s *sct) check(log *Log, at time.Time, leaf, issuer *pki.Certificate) error {
	switch {
	case log.KeyErr != nil:
		return log.KeyErr
	case !bytes.Equal(log.Key.ID(), s.log):
		return fmt.Errorf("the key that the root has for the log %x… has another digest", s.log[:4])
	case !log.Contains(at):
		return fmt.Errorf("the certificate was listed at %s, and the log is trusted for %s", stamp(at), log.Period)
	}
	tbs, err := withoutExtension(leaf.TBS, oidSCT)
	if err != nil {
		return err
	}
	text := []byte{0, 0}
	text = binary.BigEndian.AppendUint64(text, s.time)
	text = append(text, 0, 1)
	text = append(text, issuer.Key.ID()...)
	text = append(text, byte(len(tbs)>>16), byte(len(tbs)>>8), byte(len(tbs)))
	text = append(text, tbs...)
	text = binary.BigEndian.AppendUint16(text, uint16(len(s.extensions)))
	text = append(text, s.extensions...)
	if err := log.Key.Verify(text, s.signature); err != nil {
		return fmt.Errorf("the time-stamp of the log of certificates: %w", err)
	}
	return nil
}

// withoutExtension is the signed part of a certificate as it was before this
// extension was put in.
func withoutExtension(tbs []byte, oid string) ([]byte, error) {
	d := der.New(tbs)
	var parts [][]byte
	for r := d.Enter(der.Sequence); r.More(); {
		v := r.Any()
		if v.Tag != der.Constructed(3) {
			parts = append(parts, v.Raw)
			continue
		}
		var kept [][]byte
		for list := r.Inside(v).Enter(der.Sequence); list.More(); {
			x := list.Any()
			if list.Inside(x).OID() != oid {
				kept = append(kept, x.Raw)
			}
		}
		parts = append(parts, der.Encode(der.Constructed(3), der.Encode(der.Sequence, kept...)))
	}
	if err := d.Err(); err != nil {
		return nil, err
	}
	if out := der.Encode(der.Sequence, parts...); len(out) < 1<<24 {
		return out, nil
	}
	return nil, fmt.Errorf("%w: a certificate of more than 16 MB", der.ErrMalformed)
}
