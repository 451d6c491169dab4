package cli

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"wafer/server/api"
	"wafer/server/auth"
)

// cmdToken makes, lists and removes tokens. A running server sees the change at once.
func cmdToken(args []string) error { return token(args, stdout) }

// token is cmdToken with the secret and the list on out, for tests.
func token(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("wafer token add NAME|list|remove NAME|open", flag.ContinueOnError)
	role := flags.String("role", "submit",
		"add: what the token allows, each with the ones before it: read, submit or admin")
	data := flags.String("data", cmp.Or(os.Getenv(variable("data")), dataFolder()), "data folder of the server")
	file := flags.String("tokens", os.Getenv(variable("tokens")), "file of the tokens (default: tokens.json in -data)")
	yes := flags.Bool("yes", false, "remove: also the last token; open: do it")
	args, err := parse(flags, args)
	if err != nil {
		return err
	}
	path, err := tokensFile(*file, *data)
	if err != nil {
		return err
	}
	tokens, err := auth.Open(path)
	if err != nil {
		return err
	}
	switch {
	case len(args) == 2 && args[0] == "add":
		secret, err := tokens.Add(args[1], api.Role(*role))
		if err != nil {
			return err
		}
		fmt.Fprintln(stderr, "This is the only time that the token is shown:")
		fmt.Fprintln(out, secret)
		return nil
	case len(args) == 1 && args[0] == "list":
		return listTokens(tokens, out)
	case len(args) == 2 && args[0] == "remove":
		err := tokens.Remove(args[1], *yes)
		if errors.Is(err, auth.ErrLast) {
			err = fmt.Errorf("%w; remove it with --yes", err)
		}
		return err
	case len(args) == 1 && args[0] == "open":
		if !*yes {
			return errors.New("without tokens everybody who reaches the server from its machine is an admin; " +
				"say so with --yes, then start the server anew")
		}
		return tokens.Reopen()
	}
	return errors.New("token takes add NAME, list, remove NAME, or open")
}

// listTokens shows no secret: the file has only their hashes.
func listTokens(tokens *auth.Tokens, out io.Writer) error {
	list, err := tokens.List()
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tROLE\tMADE")
	for _, t := range list {
		fmt.Fprintf(table, "%s\t%s\t%s\n", t.Name, t.Role, t.Created.Local().Format(time.DateTime))
	}
	return table.Flush()
}
