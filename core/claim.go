package core

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Claim is what one file says of another: its digest, its size, or both. Lists
// of digests, Git-LFS pointers and the side files of a hub's client are made of
// claims. They are facts; whether they hold is judged by a detector.
type Claim struct {
	// Path is the other file, as written and relative to Base, a folder in the
	// names of the run. "" means that the digest alone says which content is
	// meant.
	Base, Path string
	Algorithm  Algorithm
	Digest     string // in lower-case hex
	Size       int64  // in bytes; -1: not said
	Offset     int64  // of the claim in the Source
}

// Algorithm names a digest function.
type Algorithm string

// The algorithms that Taster computes. GitBlob is the SHA-1 of "blob", the size
// in decimal, a NUL and the content, as git names its objects.
const (
	MD5     Algorithm = "MD5"
	SHA1    Algorithm = "SHA-1"
	SHA224  Algorithm = "SHA-224"
	SHA256  Algorithm = "SHA-256"
	SHA384  Algorithm = "SHA-384"
	SHA512  Algorithm = "SHA-512"
	GitBlob Algorithm = "git blob SHA-1"
	BLAKE2b Algorithm = "BLAKE2b-512"
)

// Length is the number of hex digits of a digest, 0 for an unknown algorithm.
func (a Algorithm) Length() int {
	switch a {
	case MD5:
		return 32
	case SHA1, GitBlob:
		return 40
	case SHA224:
		return 56
	case SHA256:
		return 64
	case SHA384:
		return 96
	case SHA512, BLAKE2b:
		return 128
	}
	return 0
}

// Weak says that two files with the same digest can be made on purpose.
func (a Algorithm) Weak() bool { return a == MD5 || a == SHA1 }

// ParseClaim reads what a person gives of a file: HEX or ALGORITHM:HEX, where the
// length of HEX tells the algorithm, or one of these after "FILE="; and the lines
// of sha256sum, "HEX  FILE", and of BSD, "ALGORITHM (FILE) = HEX".
func ParseClaim(s string) (Claim, error) {
	s = strings.TrimSpace(s)
	file, digest := "", s
	if hex, name, ok := strings.Cut(s, " "); ok && isHex(hex) {
		file, digest = strings.TrimPrefix(strings.TrimSpace(name), "*"), hex
	} else if i := strings.LastIndexByte(s, '='); i >= 0 {
		file, digest = strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1:])
		if name, inside, ok := strings.Cut(file, " ("); ok && strings.HasSuffix(inside, ")") && isHex(digest) {
			file, digest = strings.TrimSuffix(inside, ")"), name+":"+digest
		}
	}
	name, hex, tagged := strings.Cut(strings.ToLower(digest), ":")
	if !tagged {
		name, hex = "", name
	}
	if a := algorithm(name, len(hex)); a != "" && isHex(hex) {
		return Claim{Path: file, Algorithm: a, Digest: hex, Size: -1}, nil
	}
	return Claim{}, fmt.Errorf("%.160q is not a digest in hex", digest)
}

// algorithm is the one of that name, or, with no name, the usual one whose
// digests have n hex digits.
func algorithm(name string, n int) Algorithm {
	for _, a := range []Algorithm{SHA256, SHA512, SHA384, SHA224, SHA1, MD5} {
		if a.Length() == n && (name == "" || undashed(string(a)) == undashed(name)) {
			return a
		}
	}
	return ""
}

func undashed(name string) string { return strings.ToLower(strings.ReplaceAll(name, "-", "")) }

func isHex(s string) bool { return s != "" && strings.Trim(s, "0123456789abcdefABCDEF") == "" }

// WeightIndex says in which file each tensor of a model stands that is split
// into several files.
type WeightIndex struct {
	TotalSize int64 // bytes of all tensors; -1: not said
	Tensors   []IndexedTensor
}

// IndexedTensor is one line of a WeightIndex.
type IndexedTensor struct {
	Name   string
	File   string // as written
	Offset int64
}

// Inputs is what a detector sees that compares files with each other.
type Inputs struct {
	Artifacts []*Artifact // of the inputs, in their order
	Claims    []Claim     // what the user says of them
	Approved  []string    // names of models, data sets, packages and hosts that the user approves of
	// Digest computes the digest of the input called path, in lower-case hex. It
	// fails with [ErrLimit] for a file that is not hashed because of its size.
	Digest func(ctx context.Context, path string, algorithm Algorithm) (string, error)
	// DigestPart is Digest for length bytes at offset. Like Digest, it fails with
	// [ErrLimit] for files of a size that is not hashed.
	DigestPart func(ctx context.Context, path string, algorithm Algorithm, offset, length int64) (string, error)
	// Content reads an input of at most limit bytes whole, and fails with [ErrLimit]
	// for a longer one.
	Content func(path string, limit int64) ([]byte, error)
	Now     time.Time // by the host's clock; zero when it has none
}
