module github.com/prefect-secrets/prefect-secrets/test/dotenv

go 1.25.0

require (
	github.com/compose-spec/compose-go v1.20.2
	github.com/compose-spec/compose-go/v2 v2.16.2
	github.com/joho/godotenv v1.5.1
	github.com/prefect-secrets/prefect-secrets v0.0.0
	github.com/sirupsen/logrus v1.10.1
	godotenv.invalid/next v1.6.0-pre.4
)

require (
	github.com/BurntSushi/toml v1.6.0 // indirect
	github.com/agnivade/levenshtein v1.2.2 // indirect
	github.com/pkg/errors v0.9.1 // indirect
	github.com/shurcooL/graphql v0.0.0-20240915155400-7ee5256398cf // indirect
	go.yaml.in/yaml/v3 v3.0.6 // indirect
	golang.org/x/sync v0.22.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
)

replace (
	github.com/prefect-secrets/prefect-secrets => ../..
	// A second version of the same module.
	godotenv.invalid/next => github.com/joho/godotenv v1.6.0-pre.4
)
