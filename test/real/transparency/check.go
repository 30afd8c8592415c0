// Checks with Go's own packages what Postern's evidence claims: reads a case as JSON, prints "ok" or why not.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type theCase struct {
	Key         string
	Checkpoint  string
	Leaf        []byte
	Index       int64
	Inclusion   []string
	Older       string
	Consistency []string
	Tiles       map[string][]byte
	// A line inside of a leaf: the root that the leaf names, how many lines it has, which this is.
	Line      []byte
	LineRoot  string
	LineCount int64
	LineIndex int64
	LineProof []string
}

func must(err error, what string) {
	if err != nil {
		fmt.Println(what+":", err)
		os.Exit(1)
	}
}

func hashOf(text string) tlog.Hash {
	h, err := tlog.ParseHash(text)
	must(err, "hash")
	return h
}

func open(text, key string) tlog.Tree {
	verifier, err := note.NewVerifier(key)
	must(err, "key")
	n, err := note.Open([]byte(text), note.VerifierList(verifier))
	must(err, "note.Open")
	lines := strings.Split(n.Text, "\n")
	if lines[0] != verifier.Name() {
		fmt.Println("the origin is not the name of the key")
		os.Exit(1)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, "size")
	return tlog.Tree{N: size, Hash: hashOf(lines[2])}
}

func record(proof []string, n int64, root tlog.Hash, index int64, data []byte, what string) {
	var p tlog.RecordProof
	for _, each := range proof {
		p = append(p, hashOf(each))
	}
	must(tlog.CheckRecord(p, n, root, index, tlog.RecordHash(data)), what)
}

// reader answers from tiles of height 8, in the layout of C2SP.
type reader map[string][]byte

func (r reader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		_ = n
		tile := tlog.TileForIndex(8, index)
		found := false
		for w := tile.W; w <= 256 && !found; w++ {
			wide := tile
			wide.W = w
			path := strings.Replace(wide.Path(), "tile/8/", "tile/", 1)
			if data, ok := r[path]; ok {
				h, err := tlog.HashFromTile(wide, data, index)
				if err != nil {
					return nil, err
				}
				out = append(out, h)
				found = true
			}
		}
		if !found {
			return nil, fmt.Errorf("no tile %v for a hash of level %d", tile, level)
		}
	}
	return out, nil
}

func main() {
	var c theCase
	must(json.NewDecoder(os.Stdin).Decode(&c), "case")
	tree := open(c.Checkpoint, c.Key)
	record(c.Inclusion, tree.N, tree.Hash, c.Index, c.Leaf, "tlog.CheckRecord")
	if c.Older != "" {
		older := open(c.Older, c.Key)
		var p tlog.TreeProof
		for _, each := range c.Consistency {
			p = append(p, hashOf(each))
		}
		must(tlog.CheckTree(p, tree.N, tree.Hash, older.N, older.Hash), "tlog.CheckTree")
	}
	if c.Tiles != nil {
		hash, err := tlog.TreeHash(tree.N, reader(c.Tiles))
		must(err, "tlog.TreeHash")
		if hash != tree.Hash {
			fmt.Println("the tiles give another root:", base64.StdEncoding.EncodeToString(hash[:]))
			os.Exit(1)
		}
	}
	if c.LineRoot != "" {
		record(c.LineProof, c.LineCount, hashOf(c.LineRoot), c.LineIndex, c.Line, "the line's tlog.CheckRecord")
	}
	fmt.Println("ok")
}
