# `make` builds the command; `make help` lists what else there is. Needs Go alone, but
# for check.

.DEFAULT_GOAL := build
.PHONY: build demo test race lint check bench docs install clean help

build: ## Build the command ./prefect-secrets
	go build -o prefect-secrets .

demo: ## Sync made-up secrets to a store in the process
	go run . sync --api-url embedded \
	  --secrets-file fixtures/ci-secrets.json --config-files 'fixtures/config/*.toml'

test: ## Run the tests: no network, no Docker, no Python
	go test ./...

race: ## Run the tests with the race detector
	go list ./... | grep -v /test/ | xargs go test -race -timeout 20m

lint: ## Format check and go vet
	@test -z "$$(git ls-files '*.go' | xargs gofmt -l)" || { git ls-files '*.go' | xargs gofmt -l; exit 1; }
	go vet ./...

check: ## Run all that CI runs: needs Docker, Python and Node
	.ci/run

bench: ## Measure, and write docs/performance.md (PART=check: one part): needs Docker, Python and Node
	test/bench/run.sh $(PART)

docs: ## Write the generated tables, the plots and the picture of the terminal
	go test ./internal/actions -run '^TestPageHasTheInputs$$' -args -update
	go test ./test/docs -run '^TestPicture$$' -args -update
	go test ./test/bench -run '^TestPage$$' -args -update

install: ## Install the command where go install puts it
	go install .

clean: ## Remove what build and the suites made
	rm -rf prefect-secrets test/.work

help: ## List these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 18
