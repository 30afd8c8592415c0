import type { BundleManifest } from './verify/bundle.ts';

const daysOf = ({ fromDay, toDay }: BundleManifest): string => {
  if (fromDay === undefined && toDay === undefined) return 'all days';
  if (fromDay === toDay) return `the day ${fromDay ?? ''}`;
  return `the days ${fromDay ?? 'from the first'} to ${toDay ?? 'the last'} (UTC)`;
};

/** What a stranger reads who has never heard of Postern. Its commands are run by a test. */
export const readme = (manifest: BundleManifest): string => {
  const { origin, size, root, sources, case: hold } = manifest;
  return `Log lines, and what shows that they are unaltered
=================================================
Log:     ${origin}
Stands:  at ${size} records, root ${root}
Lines:   of ${sources === undefined ? 'all sources' : sources.join(', ')}, ${daysOf(manifest)}${hold === undefined ? '' : `, held as ${hold}`}

What is here
------------
segments/SOURCE/DAY/NUMBER.raw.zst  the exact bytes of the lines, packed with zstd
segments/SOURCE/DAY/NUMBER.parquet  what was understood of them, where that was kept
proofs/SOURCE/NUMBER.json           the record of that segment in the log
proofs/SOURCE/NUMBER.proof          that the record is in the log (c2sp.org/tlog-proof)
log/checkpoint                      what the log is: size, root, signatures (c2sp.org/tlog-checkpoint)
log/keys                            whose keys these are, as the sender says
log/tile/                           every record of the log (c2sp.org/tlog-tiles): which sources there
                                    are, what was sealed, missing, deleted and why; no lines
log/witnessed/, log/stamps/         where there are any: checkpoints that others signed (c2sp.org/tlog-cosignature)
                                    or stamped (RFC 3161: openssl ts -verify -data N.checkpoint -in N.tsr)
bundle.json                         which lines were asked for

The key decides everything: whoever holds it can write a log. Ask the operator for it by other means than
this bundle, and compare. If you were given an earlier checkpoint of this log, compare that as well.

With Postern
------------
  postern evidence verify BUNDLE --key FILE-WITH-KEYS [--remembered EARLIER-CHECKPOINT] [--deep]

checks all that follows, and that no record is missing, that no day is left out and nothing was deleted but
by a policy. BUNDLE is the file, or the folder that it was unpacked to.

With tools that are not ours
----------------------------
In the folder of this file. Set "keys" to the file with the key that you trust.

1. The files came over whole.

    sha256sum -c --quiet SHA256SUMS

2. The lines of a segment, as they were written.

    file=$(ls segments/*/*/*.raw.zst | head -n 1)
    zstd -dc "$file" | head -n 3

3. The checkpoint is signed by the key (Ed25519).

    keys=\${keys:-log/keys}
    work=$(mktemp -d)
    { printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'
      head -n 1 "$keys" | cut -d+ -f3- | base64 -d | tail -c 32; } > "$work/key.der"
    sed '/^$/,$d' log/checkpoint > "$work/text"
    grep '^— ' log/checkpoint | head -n 1 | cut -d' ' -f3 | base64 -d | tail -c 64 > "$work/signature"
    openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -in "$work/text" -sigfile "$work/signature"

4. Each record is in the log, and each file is the one that its record names: with Go and the package of Go's
   own checksum database, golang.org/x/mod (Debian: golang-go, golang-golang-x-mod-dev).

    GO111MODULE=off GOPATH=/usr/share/gocode go run check.go "\${keys:-log/keys}"

5. The lines are those that the record commits to: "raw" in the record is the SHA-256 of a byte 2, the 32 secret
   bytes at offset 24 of the file, and the lines. This prints the same hash twice.

    record=proofs/$(echo "$file" | cut -d/ -f2)/$(basename "$file" .raw.zst).json
    { printf '\\002'; tail -c +25 "$file" | head -c 32; zstd -dc "$file"; } | sha256sum | cut -c 1-64
    grep -o '"raw":"[0-9a-f]*"' "$record" | cut -d'"' -f4

What it cannot show
-------------------
- That a source told all. What was lost or left out before it was collected was never here.
- That the holder of the key did not write another history, unless somebody else remembers a checkpoint: an
  earlier visit, a witness whose line stands below the checkpoint, a time stamp.
- When something was written, by more than the clock of the host, unless a time stamp says so.
- Anything of other sources and days than the ones named above, but that they are there and how much.
- Anything of lines that a policy deleted, but that they were there, and how many.
- This file and check.go are here to help; nothing commits to them.
`;
};

/** Checks a bundle with Go's own packages: signature, places of the records in the log, hashes of the files. */
export const checkProgram = `// Checks the records and files of this bundle with golang.org/x/mod/sumdb. Usage: go run check.go KEYS
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error, what string) {
	if err != nil {
		fmt.Println("NOT PROVED:", what+":", err)
		os.Exit(1)
	}
}

func check(ok bool, what string) {
	if !ok {
		must(fmt.Errorf("it is not so"), what)
	}
}

func verifiers(path string) note.Verifiers {
	file, err := os.Open(path)
	must(err, path)
	var list []note.Verifier
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if lines.Text() == "" {
			continue
		}
		verifier, err := note.NewVerifier(lines.Text())
		must(err, path)
		list = append(list, verifier)
	}
	return note.VerifierList(list...)
}

func open(text []byte, keys note.Verifiers, what string) tlog.Tree {
	opened, err := note.Open(text, keys)
	must(err, what)
	lines := strings.Split(opened.Text, "\\n")
	check(len(lines) > 3 && lines[0] == opened.Sigs[0].Name, what+": signed by the log it names")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, what)
	root, err := tlog.ParseHash(lines[2])
	must(err, what)
	return tlog.Tree{N: size, Hash: root}
}

// Every record comes with a c2sp.org/tlog-proof: "index N", hashes, an empty line, a checkpoint.
func prove(path string, record []byte, keys note.Verifiers, head tlog.Tree) {
	text, err := os.ReadFile(path)
	must(err, path)
	top, checkpoint, found := bytes.Cut(text, []byte("\\n\\n"))
	lines := strings.Split(string(top), "\\n")
	check(found && len(lines) > 1 && lines[0] == "c2sp.org/tlog-proof@v1", path+": it is a proof")
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	must(err, path)
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		must(err, path)
		proof = append(proof, hash)
	}
	tree := open(checkpoint, keys, path)
	check(tree == head, path+": it is about log/checkpoint")
	must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(record)), path)
}

func main() {
	if len(os.Args) != 2 {
		fmt.Println("usage: go run check.go KEYS")
		os.Exit(2)
	}
	keys := verifiers(os.Args[1])
	text, err := os.ReadFile("log/checkpoint")
	must(err, "log/checkpoint")
	head := open(text, keys, "log/checkpoint")
	records, err := filepath.Glob("proofs/*/*.json")
	must(err, "proofs")
	named := map[string]bool{}
	for _, path := range records {
		record, err := os.ReadFile(path)
		must(err, path)
		prove(strings.TrimSuffix(path, ".json")+".proof", record, keys, head)
		var segment struct {
			Source, Day, File string
			Seq               int64
		}
		must(json.Unmarshal(record, &segment), path)
		name := fmt.Sprintf("segments/%s/%s/%08d.raw.zst", segment.Source, segment.Day, segment.Seq)
		data, err := os.ReadFile(name)
		must(err, name)
		sum := sha256.Sum256(data)
		check(hex.EncodeToString(sum[:]) == segment.File, name+": it is the file that its record names")
		named[name] = true
	}
	files, err := filepath.Glob("segments/*/*/*.raw.zst")
	must(err, "segments")
	for _, name := range files {
		check(named[name], name+": a record names it")
	}
	fmt.Printf("proved: %d segments are in the log of %d records\\n", len(records), head.N)
}
`;
