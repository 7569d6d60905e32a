module github.com/prefect-secrets/prefect-secrets/test/runner

go 1.25.0

require github.com/google/go-cmp v0.7.0

require github.com/prefect-secrets/prefect-secrets v0.0.0

require github.com/yuin/goldmark v1.8.0 // indirect

replace github.com/prefect-secrets/prefect-secrets => ../..
