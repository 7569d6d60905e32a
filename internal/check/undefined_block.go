package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pysource"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// checkBlocks reports the Secret blocks of Prefect 2 and 3 that flow code names, and that
// cannot exist or that nothing defines. Without a set of blocks, every block that can exist
// counts as defined.
func checkBlocks(s *source, report func(finding)) {
	m := s.flow.module
	for _, at := range m.Nameless {
		report(finding{
			message: "the reference names no block: Prefect fails with ValueError", start: at.Start, end: at.End,
			hint: "write {{ prefect.blocks.secret.NAME }}",
		})
	}
	for _, at := range s.flow.unquoted {
		report(finding{
			message: "YAML reads these braces as a mapping, so Prefect cannot read the file", start: at.Start, end: at.End,
			hint: "put the value in double quotes",
		})
	}
	for _, d := range m.Definitions {
		if d.Kind == pysource.InBlocks && !isBlockName(d.Name) {
			report(invalidBlock(d.Name, "saving it fails with ValidationError", d.Start, d.End))
		}
	}
	for _, a := range m.Reads {
		if a.IsBlock() && !a.Optional {
			s.checkBlock(a, report)
		}
	}
}

// checkBlock reports a read of a block that cannot exist, or that nothing defines.
func (s *source) checkBlock(a pysource.Access, report func(finding)) {
	isReference := a.Kind == pysource.Reference
	handling := handling{} // nothing around a reference handles its error
	if !isReference {
		handling = s.blocks.handlingOf(a, s.opts.Version)
	}
	switch {
	case handling.optional:
	case !isBlockName(a.Name):
		effect := "reading it fails with ValueError"
		if isReference {
			effect = "Prefect fails with ObjectNotFound"
		}
		f := invalidBlock(a.Name, effect, a.Start, a.End)
		if stored, ok := s.blocks.stored(a.Name); ok {
			f.hint = fmt.Sprintf("did you mean %q, which %s has?", MaskTokens(stored), s.blocks.definedIn[stored])
		}
		report(f)
	case len(s.blocks.sets) == 0 && !s.strictest || s.blocks.has(a.Name):
	default:
		f := s.undefinedIn(s.blocks, a, handling, brought{})
		f.key = blockKey(a.Name)
		report(f)
	}
}

func blockKey(name string) string { return "prefect.blocks.secret." + tomlpos.QuoteKey(name) }

// isBlockName reports whether a block can have a name.
func isBlockName(name string) bool {
	stored, err := storekind.Blocks.StoredName(name)
	return err == nil && stored == name && name != ""
}

// invalidBlock returns the finding about a name that no block can have.
func invalidBlock(name, effect string, start, end int) finding {
	f := finding{
		message: fmt.Sprintf("no block can be named %q: %s", MaskTokens(name), effect), start: start, end: end, key: blockKey(name),
		hint: "the name of a block has only lower-case letters, digits and dashes",
	}
	if after, ok := strings.CutPrefix(name, "secret/"); ok && isBlockName(after) {
		f.hint = fmt.Sprintf("write %q, without \"secret/\": Secret.load adds it", MaskTokens(after))
	} else if stored, err := storekind.Blocks.StoredName(name); err == nil && stored != "" {
		f.hint += fmt.Sprintf("; sync stores the secret as %q", MaskTokens(stored))
	}
	return f
}

// stored returns the name under which sync stores a secret as a block, if a set has it.
func (x *secretIndex) stored(name string) (string, bool) {
	stored, err := storekind.Blocks.StoredName(strings.TrimPrefix(name, "secret/"))
	return stored, err == nil && x.has(stored)
}

// newBlockIndex returns the blocks that the sets define and, if there are any sets, those
// that flows save themselves.
func (r *FlowReads) newBlockIndex(sets []SecretSet) *secretIndex {
	x := newSecretIndex(sets)
	x.noun, x.unknown = "Secret block", "add it to [names] of an environment that has store = \"blocks\", or save the block in Prefect"
	if len(sets) == 0 {
		return x
	}
	for _, f := range r.flows {
		for _, d := range f.module.Definitions {
			if d.Kind == pysource.InBlocks {
				x.add(d.Name, f.name)
			}
		}
		if x.saves == "" && len(f.module.UnnamedBlocks) > 0 {
			x.saves = fmt.Sprintf("%s:%d", f.name, f.position(f.module.UnnamedBlocks[0].Start).Line)
		}
	}
	slices.Sort(x.names)
	return x
}

// splitSets returns the sets of secrets of Prefect 0.x and 1.x, and those of blocks.
func splitSets(sets []SecretSet) (secrets, blocks []SecretSet) {
	for _, set := range sets {
		if set.isBlocks() {
			set.Lookup = LookupUnknown // a missing block is a ValueError everywhere
			blocks = append(blocks, set)
		} else {
			secrets = append(secrets, set)
		}
	}
	return secrets, blocks
}
