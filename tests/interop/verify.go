// Verify an audit log with golang.org/x/mod, which knows nothing of Lethe:
// verify FOLDER, as `bench_log FOLDER N give` leaves it.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var folder = os.Args[1]
var signers note.Verifiers

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		os.Exit(1)
	}
}

func check(ok bool, format string, args ...interface{}) {
	if !ok {
		must(fmt.Errorf(format, args...))
	}
}

func read(name string) []byte {
	data, err := os.ReadFile(filepath.Join(folder, name))
	must(err)
	return data
}

func hash(text string) (h tlog.Hash) {
	data, err := base64.StdEncoding.DecodeString(text)
	must(err)
	check(len(data) == tlog.HashSize, "a hash of %d bytes", len(data))
	copy(h[:], data)
	return
}

// A signed checkpoint as a tree.
func open(msg []byte) tlog.Tree {
	n, err := note.Open(msg, signers)
	must(err)
	lines := strings.Split(n.Text, "\n")
	check(len(lines) == 4 && lines[0] == "bench.example/log",
		"a checkpoint of other lines: %q", n.Text)
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	return tlog.Tree{N: size, Hash: hash(lines[2])}
}

// The paths of tlog-tiles, where x/mod has those of the checksum database.
type tiles struct{}

func (tiles) Height() int                         { return 8 }
func (tiles) SaveTiles(t []tlog.Tile, d [][]byte) {}
func (tiles) ReadTiles(want []tlog.Tile) (data [][]byte, err error) {
	for _, t := range want {
		path := strings.Replace(t.Path(), "tile/8/", "tile/", 1)
		data = append(data, read("log/"+path))
	}
	return
}

// Every entry, from the bundles; nil for those of a log that was pruned.
func entries(size int64) (all [][]byte, pruned int) {
	for n := int64(0); n*256 < size; n++ {
		t := tlog.Tile{H: 8, L: 0, N: n, W: 256}
		if size-n*256 < 256 {
			t.W = int(size - n*256)
		}
		path := strings.Replace(t.Path(), "tile/8/0/", "tile/entries/", 1)
		if _, err := os.Stat(filepath.Join(folder, "log", path)); err != nil {
			check(t.W == 256 && len(all) == pruned, "%s is missing", path)
			all = append(all, make([][]byte, 256)...)
			pruned += 256
			continue
		}
		data := read("log/" + path)
		for i := 0; i < t.W; i++ {
			check(len(data) >= 2, "%s breaks off", path)
			n := int(binary.BigEndian.Uint16(data))
			check(len(data) >= 2+n, "%s breaks off", path)
			all = append(all, data[2:2+n])
			data = data[2+n:]
		}
		check(len(data) == 0, "%s has more", path)
	}
	return
}

// The hash of an entry; of one that was pruned, from our tile.
func leaf(all [][]byte, i int64) (h tlog.Hash) {
	if all[i] != nil {
		return tlog.RecordHash(all[i])
	}
	t := tlog.Tile{H: 8, L: 0, N: i / 256, W: 256}
	data := read("log/" + strings.Replace(t.Path(), "tile/8/", "tile/", 1))
	copy(h[:], data[i%256*tlog.HashSize:])
	return
}

// The tree over the entries, in which no tile of ours has a part but for those
// that were pruned.
func rebuild(all [][]byte) (tlog.Hash, tlog.HashReader) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range at {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for i := range all {
		more, err := tlog.StoredHashesForRecordHash(int64(i),
			leaf(all, int64(i)), reader)
		must(err)
		stored = append(stored, more...)
	}
	root, err := tlog.TreeHash(int64(len(all)), reader)
	must(err)
	return root, reader
}

func proof(i int) {
	parts := bytes.SplitN(read(fmt.Sprintf("%d.tlog-proof", i)),
		[]byte("\n\n"), 2)
	check(len(parts) == 2, "a proof without a checkpoint")
	tree := open(parts[1])
	lines := strings.Split(string(parts[0]), "\n")
	check(lines[0] == "c2sp.org/tlog-proof@v1", "a proof of %q", lines[0])
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	must(err)
	var p tlog.RecordProof
	for _, l := range lines[2:] {
		p = append(p, hash(l))
	}
	must(tlog.CheckRecord(p, tree.N, tree.Hash, index,
		tlog.RecordHash(read(fmt.Sprintf("%d.entry", i)))))
}

func main() {
	verifier, err := note.NewVerifier(string(read("vkey")))
	must(err)
	signers = note.VerifierList(verifier)
	tree, older := open(read("log/checkpoint")), open(read("older"))
	check(older.N > 0 && older.N < tree.N, "an older checkpoint of %d", older.N)

	all, pruned := entries(tree.N)
	root, own := rebuild(all)
	check(root == tree.Hash, "the entries' root is %v, signed is %v", root, tree.Hash)

	// Our tiles, which x/mod checks against the root as it reads them.
	ours := tlog.TileHashReader(tree, tiles{})
	root, err = tlog.TreeHash(tree.N, ours)
	must(err)
	check(root == tree.Hash, "the tiles' root is %v", root)
	for i := int64(0); i < tree.N; i += 256 {
		at := []int64{tlog.StoredHashIndex(0, i)}
		h, err := ours.ReadHashes(at)
		must(err)
		check(h[0] == leaf(all, i), "the hash of entry %d", i)
	}
	for i := int64(0); i < tree.N; i += 997 {
		p, err := tlog.ProveRecord(tree.N, i, ours)
		must(err)
		must(tlog.CheckRecord(p, tree.N, tree.Hash, i, leaf(all, i)))
	}

	// Our proofs.
	for i := 0; i < 20; i++ {
		proof(i)
	}
	var grown tlog.TreeProof
	for _, l := range strings.Fields(string(read("growth"))) {
		grown = append(grown, hash(l))
	}
	must(tlog.CheckTree(grown, tree.N, tree.Hash, older.N, older.Hash))
	theirs, err := tlog.ProveTree(tree.N, older.N, own)
	must(err)
	check(fmt.Sprint(theirs) == fmt.Sprint(grown), "another proof of growth")

	fmt.Printf("%d entries, %d of them pruned, %d at the older checkpoint, "+
		"sum %x\n", tree.N, pruned, older.N, sha256.Sum256(bytes.Join(all, nil)))
}
