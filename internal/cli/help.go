package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/terminal"
)

// helpCommand returns the command help, which shows the same as --help.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show the help of a command",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return oneArg("COMMAND")(cmd, args)
			}
			return nil
		},
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return startingWith(typed, "", commandNames(cmd.Root())), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			switch {
			case err != nil:
				return err
			case len(rest) > 0:
				return unknownCommand(cmd.Root(), rest[0])
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

func commandNames(root *cobra.Command) (names []string) {
	for _, cmd := range root.Commands() {
		if cmd.IsAvailableCommand() {
			names = append(names, cmd.Name())
		}
	}
	return names
}

// The width of --help, in columns.
const (
	defaultWidth = 80
	maxWidth     = 100 // longer lines are hard to read
	maxFlag      = 32  // a longer name has its description on the next line
	minText      = 30  // a narrower column of descriptions is moved below the names
	belowName    = 10  // where it begins then
)

// helpWriter writes the help of one command.
type helpWriter struct {
	strings.Builder
	style terminal.Style
	width int
}

// showHelp writes the help of a command to standard output.
func (c *Command) showHelp(cmd *cobra.Command, _ []string) {
	out := c.out()
	h := &helpWriter{style: out.Style, width: min(out.Width, maxWidth)}
	if h.width == 0 {
		h.width = defaultWidth
	}
	h.about(cmd)
	h.commands(cmd)
	h.flagSections(shownFlags(cmd))
	h.end(cmd)
	_, _ = fmt.Fprint(out, h.String())
}

func (h *helpWriter) heading(text string) { fmt.Fprintf(h, "\n%s\n", h.style.Bold(text+":")) }

// about writes what the command does, how it is called, and examples.
func (h *helpWriter) about(cmd *cobra.Command) {
	text := cmd.Long
	if text == "" {
		text = cmd.Short + "."
	}
	h.WriteString(terminal.WrapParagraphs(text, h.width) + "\n")
	h.heading("Usage")
	fmt.Fprintf(h, "  %s\n", usageOf(cmd))
	if len(cmd.Aliases) > 0 {
		h.heading("Aliases")
		fmt.Fprintf(h, "  %s\n", strings.Join(cmd.Aliases, ", "))
	}
	if cmd.Example == "" {
		return
	}
	h.heading("Examples")
	for line := range strings.SplitSeq(strings.TrimSpace(cmd.Example), "\n") {
		if strings.HasPrefix(line, "#") {
			line = h.style.Dim(line)
		}
		h.WriteString(strings.TrimRight("  "+line, " ") + "\n")
	}
}

func usageOf(cmd *cobra.Command) string {
	if cmd.HasParent() {
		return cmd.UseLine()
	}
	return cmd.Name() + " COMMAND [flags]"
}

func (h *helpWriter) commands(cmd *cobra.Command) {
	for _, group := range cmd.Groups() {
		h.heading(group.Title)
		var rows [][2]string
		for _, sub := range cmd.Commands() {
			if sub.GroupID == group.ID && sub.IsAvailableCommand() {
				rows = append(rows, [2]string{"  " + sub.Name(), sub.Short})
			}
		}
		h.rows(rows, columnFor(rows))
	}
}

// columnFor returns where the descriptions of rows begin.
func columnFor(rows [][2]string) (column int) {
	for _, row := range rows {
		if n := terminal.Columns(row[0]) + 2; n <= maxFlag {
			column = max(column, n)
		}
	}
	return column
}

// rows writes names and descriptions, which begin at the column.
func (h *helpWriter) rows(rows [][2]string, column int) {
	if h.width-column < minText {
		column = belowName
	}
	for _, row := range rows {
		gap := strings.Repeat(" ", column)
		if n := terminal.Columns(row[0]); n+2 <= column {
			gap = gap[n:]
		} else {
			gap = "\n" + gap
		}
		text := terminal.Wrap(row[1], h.width, column, column)
		h.WriteString(strings.TrimRight(row[0]+gap+text, " ") + "\n")
	}
}

// flagSections writes flags under the headings of their sections, in the order in which
// they were registered.
func (h *helpWriter) flagSections(flags []*pflag.Flag) {
	var titles []string
	var all [][2]string
	rows := map[string][][2]string{}
	for _, flag := range flags {
		title := sectionOfFlag(flag)
		if !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
		row := [2]string{flagName(flag), flagUsage(flag)}
		rows[title], all = append(rows[title], row), append(all, row)
	}
	// What every command has comes last.
	slices.SortStableFunc(titles, func(a, b string) int { return isLast(a) - isLast(b) })
	for _, title := range titles {
		h.heading(title)
		h.rows(rows[title], columnFor(all))
	}
}

func isLast(title string) int { return slices.Index([]string{outputTitle, generalTitle}, title) }

// generalTitle is the heading of the flags that every command has.
const generalTitle = "General"

func sectionOfFlag(flag *pflag.Flag) string {
	if title := annotation(flag, titleKey); title != "" {
		return title
	}
	return generalTitle
}

// helpUsage is what --help says about itself.
const helpUsage = "show this help"

// shownFlags returns the flags of a command that its help shows.
func shownFlags(cmd *cobra.Command) (flags []*pflag.Flag) {
	cmd.InitDefaultHelpFlag()
	cmd.Flags().Lookup("help").Usage = helpUsage
	add := func(flag *pflag.Flag) {
		if !flag.Hidden && !slices.Contains(flags, flag) {
			flags = append(flags, flag)
		}
	}
	cmd.NonInheritedFlags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	if cmd.Name() == "serve" {
		return serveFlagsShown(cmd, flags)
	}
	return flags
}

func flagName(flag *pflag.Flag) string {
	name := "      --" + flag.Name
	if flag.Shorthand != "" {
		name = "  -" + flag.Shorthand + ", --" + flag.Name
	}
	return strings.TrimRight(name+" "+valueName(flag), " ")
}

func flagUsage(flag *pflag.Flag) string {
	switch initial := flag.DefValue; {
	case strings.Contains(flag.Usage, "(default"), initial == "", initial == "false", initial == "0", initial == "[]":
		return flag.Usage
	default:
		if strings.HasSuffix(initial, "m0s") {
			initial = strings.TrimSuffix(initial, "0s")
		}
		return flag.Usage + " (default: " + initial + ")"
	}
}

// end writes where to read on.
func (h *helpWriter) end(cmd *cobra.Command) {
	text := ""
	switch {
	case !cmd.HasParent():
		text = "Run 'prefect-secrets COMMAND --help' for the flags and examples of a command."
	case cmd.Name() == "serve":
		text = serveHelpEnd(cmd)
	}
	if text != "" {
		h.WriteString("\n" + terminal.Wrap(text, h.width, 0, 0) + "\n")
	}
}
