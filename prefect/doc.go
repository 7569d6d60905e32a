// Package prefect is Prefect's secrets, as Prefect 0.x and 1.x know them, in Go.
//
// A [Secret] is read where a flow needs it: in local execution from the
// context, which [WithSecrets] and [WithConfig] fill; in cloud execution from
// the store that the [Client] in the context speaks to. A [Client] writes
// secrets with the GraphQL mutation setSecret and lists their names. A [Value]
// carries one without ever showing it.
//
// The meaning of every word here is Prefect's own: the text of a secret that is
// JSON is parsed when it is read, as Python's json.loads would, and [config.Load]
// reads the user configuration.
package prefect
