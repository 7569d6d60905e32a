// Package server is the secrets API in production: one http.Server around a
// [cloud.API], with keys from a file, tokens of GitHub Actions, TLS, an audit
// log, metrics, health, and bounds on what a client can take.
//
// [New] makes a [Server] and reads its keys file, and [Server.Serve] runs until its
// context ends. The server keeps no state: any number of them can stand before one
// store.
package server
