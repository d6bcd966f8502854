package builtin_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strings"

	"taster/core"
)

// member is one file of an archive.
type member struct {
	name string
	data []byte
}

// zipOf stores members in an archive, without data descriptors, as torch.save does.
func zipOf(members ...member) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		n := uint64(len(m.data))
		w, err := z.CreateRaw(&zip.FileHeader{Name: m.name, CRC32: crc32.ChecksumIEEE(m.data), CompressedSize64: n, UncompressedSize64: n})
		must(err)
		_, err = w.Write(m.data)
		must(err)
	}
	must(z.Close())
	return b.Bytes()
}

// zipDeflated compresses members into an archive, with data descriptors.
func zipDeflated(members ...member) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		w, err := z.Create(m.name)
		must(err)
		_, err = w.Write(m.data)
		must(err)
	}
	must(z.Close())
	return b.Bytes()
}

// must ends the test program: in memory these calls cannot fail.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// torchZip is an archive as torch.save makes it, around a pickle.
func torchZip(stream []byte, more ...member) []byte {
	return zipOf(append([]member{{"m/data.pkl", stream}, {"m/version", []byte("3\n")}}, more...)...)
}

// changed is b with the first old replaced, or the last when last is set.
func changed(b []byte, old, new string, last bool) []byte {
	find := bytes.Index
	if last {
		find = bytes.LastIndex
	}
	out := bytes.Clone(b)
	copy(out[find(b, []byte(old)):], new) // old is in b: the cases are fixed
	return out
}

var (
	evil  = p4(system())
	plain = p2(dict(text2("lr"), number(3)))
	named = []string{"os.system"}
)

func misnamed() []evasion {
	var out []evasion
	for _, file := range []string{"weights.safetensors", "model.bin", "notes.txt", "a.onnx", "data.csv", "model.h5", "x.npy", "noextension", "a.gguf", "config.json", "b.pt.jpg", "ümlaut"} {
		out = append(out, evasion{name: "pickle called " + file, file: file, data: evil, imports: named},
			evasion{name: "archive called " + file, file: file, data: torchZip(evil), imports: named})
	}
	return append(out, evasion{name: "protocol 0 called a.txt", file: "a.txt", data: stream(call(global("os", "system"), "S'"+payload+"'\n")), imports: named})
}

func damagedZip() []evasion {
	good := torchZip(evil)
	crc := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(evil))
	wrong := changed(changed(good, string(crc), "\x00\x01\x02\x03", false), string(crc), "\x00\x01\x02\x03", true)
	local, central := bytes.Index(good, []byte("PK\x03\x04")), bytes.Index(good, []byte("PK\x01\x02"))
	flag := func(bit byte, places ...int) []byte {
		b := bytes.Clone(good)
		for _, p := range places {
			b[p] |= bit
		}
		return b
	}
	return []evasion{
		{name: "wrong CRC in both headers", data: wrong, imports: named},
		{name: "wrong CRC in the directory", data: changed(good, string(crc), "\x00\x01\x02\x03", true), imports: named},
		{name: "another name in the local header", data: changed(good, "m/data.pkl", "m/data.txt", false), imports: named},
		{name: "another name in the directory", data: changed(good, "m/data.pkl", "m/data.txt", true), imports: named},
		{name: "encrypted flag in the directory", data: flag(1, central+8), imports: named},
		{name: "encrypted flag in the local header", data: flag(1, local+6), imports: named},
		{name: "encrypted flag in both", data: flag(1, local+6, central+8), least: core.Unreadable},
		{name: "descriptor flag", data: flag(8, local+6), imports: named},
		{name: "unknown method in the directory", data: flag(99, central+10), imports: named},
		{name: "patch flag", data: flag(0x20, central+8), imports: named},
	}
}

func oddZip() []evasion {
	good := torchZip(evil)
	central, end := bytes.Index(good, []byte("PK\x01\x02")), bytes.LastIndex(good, []byte("PK\x05\x06"))
	unlisted := slicesJoin(localOnly(member{"m/data.pkl", evil}), torchZip(plain))
	return []evasion{
		{name: "twice the same name, the first evil", data: zipOf(member{"m/data.pkl", evil}, member{"m/data.pkl", plain}), imports: named},
		{name: "twice the same name, the second evil", data: zipOf(member{"m/data.pkl", plain}, member{"m/data.pkl", evil}), imports: named},
		{name: "a second root", data: zipOf(member{"m/data.pkl", plain}, member{"m/version", []byte("3\n")}, member{"n/data.pkl", evil}), imports: named},
		{name: "only in local headers", data: unlisted, imports: named},
		{name: "prefix", data: append([]byte(strings.Repeat("x", 300)), good...), imports: named},
		{name: "suffix", data: append(bytes.Clone(good), strings.Repeat("x", 300)...), imports: named},
		{name: "no directory", data: good[:central], imports: named},
		{name: "no end record", data: good[:end], imports: named},
		{name: "a false end record behind", data: append(bytes.Clone(good), "PK\x05\x06"+strings.Repeat("\x00", 18)...), imports: named},
		{name: "in an archive in an archive", data: zipOf(member{"a.zip", zipOf(member{"b.zip", torchZip(evil)})}), imports: named},
		{name: "deflated", data: zipDeflated(member{"m/data.pkl", evil}), imports: named},
		{name: "in capitals, beside the root", data: torchZip(plain, member{"M/EXTRA/CONSTANTS.PKL", evil}), imports: named},
		{name: "as a storage", data: torchZip(plain, member{"m/data/0", evil}), imports: named},
		{name: "constants of TorchScript", data: torchZip(plain, member{"m/constants.pkl", evil}), imports: named},
		{name: "a name that leads out", data: torchZip(plain, member{"../../x.pkl", evil}), imports: named},
	}
}

// localOnly is a member without an entry in a directory.
func localOnly(m member) []byte {
	b := zipOf(m)
	return b[:bytes.Index(b, []byte("PK\x01\x02"))]
}

func slicesJoin(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func badFirstMember() []evasion {
	deflated := zipDeflated(member{"m/a.pkl", bytes.Repeat([]byte("abcdefgh"), 50)}, member{"m/data.pkl", evil})
	data := bytes.Index(deflated, []byte("m/a.pkl")) + len("m/a.pkl")
	corrupt := bytes.Clone(deflated)
	for i := range 8 {
		corrupt[data+i] = 0xff
	}
	unknownMethod := zipOf(member{"m/a.pkl", plain}, member{"m/data.pkl", evil})
	unknownMethod[8], unknownMethod[bytes.Index(unknownMethod, []byte("PK\x01\x02"))+10] = 99, 99
	return []evasion{
		{name: "corrupt deflate", data: corrupt, imports: named},
		{name: "unknown npy version", file: "a.npz", data: zipOf(member{"a.npy", []byte("\x93NUMPY\x09\x09\x00\x00")}, member{"b.npy", npyObject(evil)}), imports: named},
		{name: "name that is not UTF-8", data: zipOf(member{"\xff\xfe.pkl", []byte("x")}, member{"m/data.pkl", evil}), imports: named},
		{name: "broken pickle", data: zipOf(member{"m/a.pkl", []byte("\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f")}, member{"m/data.pkl", evil}), imports: named},
		{name: "unknown method", data: unknownMethod, imports: named},
		{name: "empty name", data: zipOf(member{"", plain}, member{"m/data.pkl", evil}), imports: named},
		{name: "a folder with content", data: bytes.ReplaceAll(zipOf(member{"mX", evil}, member{"m/data.pkl", plain}), []byte("mX"), []byte("m/")), imports: named},
	}
}

// npyObject is an array of objects around a pickle.
func npyObject(stream []byte) []byte {
	head := "{'descr': '|O', 'fortran_order': False, 'shape': (), }"
	head += strings.Repeat(" ", 117-len(head)) + "\n"
	return slicesJoin([]byte("\x93NUMPY\x01\x00"), binary.LittleEndian.AppendUint16(nil, uint16(len(head))), []byte(head), stream)
}

func polyglots() []evasion {
	return []evasion{
		{name: "pickle, then an archive", data: slicesJoin(evil, torchZip(plain)), imports: named},
		{name: "pickle, then an archive, called .pt", file: "m.pt", data: slicesJoin(evil, torchZip(plain)), imports: named},
		{name: "harmless pickle, then an evil archive", data: slicesJoin(plain, torchZip(evil)), imports: named},
		{name: "archive, then a pickle", data: slicesJoin(torchZip(plain), evil), imports: named},
		{name: "pickle in the comment of an archive", data: commented(torchZip(plain), evil), imports: named},
		{name: "array, then a pickle", file: "a.npy", data: slicesJoin(npyPlain(), evil), imports: named},
		{name: "safetensors, then a pickle", file: "a.safetensors", data: slicesJoin([]byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"), evil), imports: named},
		{name: "gzip member, then a pickle", data: slicesJoin(gz(plain), evil), imports: named},
		{name: "tar in front of an archive", data: slicesJoin(tarOf(member{"a.txt", []byte("x")}), torchZip(evil)), imports: named},
	}
}

// commented is an archive with a comment.
func commented(archive, comment []byte) []byte {
	b := bytes.Clone(archive)
	binary.LittleEndian.PutUint16(b[len(b)-2:], uint16(len(comment)))
	return append(b, comment...)
}

func npyPlain() []byte {
	b := npyObject(make([]byte, 8))
	return bytes.Replace(b, []byte("'|O', 'fortran_order'"), []byte("'f8', 'fortran_order'"), 1)
}

func gz(b []byte) []byte {
	var out bytes.Buffer
	return closed(&out, gzip.NewWriter(&out), b)
}

func closed(out *bytes.Buffer, w io.WriteCloser, b []byte) []byte {
	_, err := w.Write(b)
	must(err)
	must(w.Close())
	return out.Bytes()
}

func tarOf(members ...member) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		must(w.WriteHeader(&tar.Header{Name: m.name, Size: int64(len(m.data)), Mode: 0o644}))
		_, err := w.Write(m.data)
		must(err)
	}
	must(w.Close())
	return b.Bytes()
}

func compressed() []evasion {
	var z bytes.Buffer
	deep := evil
	for range 6 {
		deep = gz(deep)
	}
	return []evasion{
		{name: "gzip", data: gz(evil), imports: named},
		{name: "second gzip member", data: slicesJoin(gz(plain), gz(evil)), imports: named},
		{name: "zlib, as joblib writes", file: "m.joblib", data: closed(&z, zlib.NewWriter(&z), evil), imports: named},
		{name: "six deep", data: deep, imports: named},
		{name: "tar", data: tarOf(member{"a/m.pkl", evil}), imports: named},
		{name: "tar, compressed", file: "m.tar.gz", data: gz(tarOf(member{"x", plain}, member{"a/m.pkl", evil})), imports: named},
		{name: "torch's tar", data: tarOf(member{"sys_info", plain}, member{"pickle", evil}, member{"tensors", plain}), imports: named},
		{name: "zip in a tar in a gzip", data: gz(tarOf(member{"m.pt", torchZip(evil)})), imports: named},
		{name: "gzip in a zip", data: zipOf(member{"m/data.pkl.gz", gz(evil)}), imports: named},
		{name: "cut gzip", data: gz(append(bytes.Clone(evil), make([]byte, 5000)...))[:60], least: core.Unreadable},
		{name: "wrong checksum of gzip", data: changed(gz(evil), string(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(evil))), "\x00\x00\x00\x00", true), imports: named},
	}
}

func computedMagic() []evasion {
	magic := "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"
	rest := func(body []byte) []byte {
		return slicesJoin(p2("M\xe9\x03"), p2(dict(text2("little_endian"), "\x88")), body, p2("]"))
	}
	return []evasion{
		{name: "computed by eval", data: slicesJoin(p2(call(global("builtins", "eval"), text2("0x1950a86a20f9469cfc6c"))), rest(plain)), imports: []string{"builtins.eval"}},
		{name: "computed by int", data: slicesJoin(p2(call(global("builtins", "int"), text2("119547037146038801333356"))), rest(evil)), imports: named},
		{name: "with a call before it", data: slicesJoin(p2(call(global("os", "system"), text2(payload)), "0", magic), rest(plain)), imports: named},
		{name: "evil third stream", data: slicesJoin(p2(magic), p2("M\xe9\x03"), p4(system()), plain, p2("]")), imports: named},
		{name: "evil storage keys", data: slicesJoin(p2(magic), p2("M\xe9\x03"), p2("}"), plain, evil), imports: named},
		{name: "evil object", data: slicesJoin(p2(magic), rest(evil)), imports: named},
	}
}

func inlineArrays() []evasion {
	wrapper := func(code string, n int) string {
		return build(instance(global("joblib.numpy_pickle", "NumpyArrayWrapper")), dict(text2("subclass"), global("numpy", "ndarray"), text2("shape"), tuple(number(n)), text2("order"), text2("C"),
			text2("dtype"), build(call(global("numpy", "dtype"), text2(code), "\x89", "\x88"), tuple(number(3), text2("<"), "N", "N", "N", "J\xff\xff\xff\xff", "J\xff\xff\xff\xff", number(0))), text2("allow_mmap"), "\x88"))
	}
	raw := strings.Repeat("\xfe", 64)
	return []evasion{
		{name: "array, then a call", data: p2(list(wrapper("f8", 8), raw, system())), imports: named},
		{name: "two arrays, then a call", data: p2(list(wrapper("f8", 8), raw, wrapper("i4", 16), raw, system())), imports: named},
		{name: "call in the array's place", data: p2(list(wrapper("f8", 8), system(), raw)), imports: named},
		{name: "object array", data: []byte(proto(2) + "](" + wrapper("O", 1) + string(evil) + "e."), imports: named},
		{name: "array of unknown type", data: p2(list(wrapper("Q9", 8), raw, system())), imports: named},
		{name: "array larger than the file", data: []byte(proto(2) + "](" + wrapper("f8", 60000) + string(evil) + "e."), imports: named},
	}
}
