// Package prefect reads and writes secrets as Prefect 0.x and 1.x do.
//
// A flow reads a [Secret] where it needs it: in local execution from the context, which
// [WithSecrets] and [WithConfig] fill; in cloud execution from the store of the
// [Client] in the context. A [Client] writes secrets with the GraphQL mutation setSecret
// and lists their names. A [Value] carries a secret's value without ever printing it.
//
// Reading follows Prefect's own rules: a string that holds JSON is parsed as Python's
// json.loads does, and [config.Load] reads the user configuration.
package prefect
