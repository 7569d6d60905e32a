package cli_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// publicPackages are what other modules import.
var publicPackages = []string{"prefect", "prefect/config", "sync", "testkit", "testkit/faults"}

// interfaceMethods implement interfaces of the standard library, or testkit.TB: nobody
// calls them by name.
var interfaceMethods = []string{
	"Error", "Unwrap", "Is", "Format", "String", "LogValue", "MarshalJSON", "UnmarshalJSON", "MarshalText",
	"UnmarshalText",
	"Helper", "Cleanup", "Errorf", "Fatalf", "Write",
}

// TestPublicAPIIsShown holds the public packages to what somebody outside needs: each
// exported identifier, fields and methods included, is in an Example or in a page.
func TestPublicAPIIsShown(t *testing.T) {
	api := loadAPI(t)
	shown := api.usedInExamples(t)
	maps.Copy(shown, api.namedInPages(t))
	for _, object := range slices.SortedFunc(maps.Keys(api.names), api.byName) {
		if !shown[object] && !slices.Contains(interfaceMethods, object.Name()) {
			t.Errorf("no Example and no page shows %s: show it, or do not export it", api.names[object])
		}
	}
}

// TestPublicAPIHasNoInternalType looks at the types of what is exported.
func TestPublicAPIHasNoInternalType(t *testing.T) {
	api := loadAPI(t)
	for _, object := range slices.SortedFunc(maps.Keys(api.names), api.byName) {
		for path := range mentionedPackages(object) {
			if strings.Contains(path, "/internal/") {
				t.Errorf("%s has a type of %s in its signature", api.names[object], path)
			}
		}
	}
}

// publicAPI is what the public packages export.
type publicAPI struct {
	fset     *token.FileSet
	importer types.Importer
	names    map[types.Object]string // such as sync.Run.Plan
}

func loadAPI(t *testing.T) *publicAPI {
	t.Helper()
	exports := map[string]string{} // the file of export data by package
	paths := make([]string, len(publicPackages))
	for i, pkg := range publicPackages {
		paths[i] = module + "/" + pkg
	}
	for _, line := range runGoList(t, "{{.ImportPath}} {{.Export}}", append([]string{"-export", "-deps", "-test"}, paths...)...) {
		if path, file, ok := strings.Cut(line, " "); ok && !strings.Contains(line, "[") {
			exports[path] = file
		}
	}
	api := &publicAPI{fset: token.NewFileSet(), names: map[types.Object]string{}}
	api.importer = importer.ForCompiler(api.fset, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})
	for i, path := range paths {
		pkg, err := api.importer.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		api.addPackage(publicPackages[i], pkg)
	}
	return api
}

func (api *publicAPI) byName(a, b types.Object) int {
	return strings.Compare(api.names[a], api.names[b])
}

func (api *publicAPI) addPackage(label string, pkg *types.Package) {
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		api.names[object] = label + "." + name
		if _, isType := object.(*types.TypeName); !isType {
			continue
		}
		for _, member := range members(object.Type()) {
			if member.Exported() && member.Pkg() == pkg {
				api.names[member] = label + "." + name + "." + member.Name()
			}
		}
	}
}

// members returns the fields and methods that a type declares.
func members(t types.Type) []types.Object {
	var all []types.Object
	if named, ok := t.(*types.Named); ok {
		for method := range named.Methods() {
			all = append(all, method)
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for field := range u.Fields() {
			all = append(all, field)
		}
	case *types.Interface:
		for method := range u.ExplicitMethods() {
			all = append(all, method)
		}
	}
	return all
}

// usedInExamples returns what the files with Examples use. The type of a value, or that a
// pointer points to, counts as used, and so does the interface that a type of an Example
// implements.
func (api *publicAPI) usedInExamples(t *testing.T) map[types.Object]bool {
	t.Helper()
	used := map[types.Object]bool{}
	for _, pkg := range publicPackages {
		info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
		conf := types.Config{Importer: api.importer}
		checked, err := conf.Check(pkg+"_test", api.fset, api.exampleFiles(t, pkg), info)
		if err != nil {
			t.Fatal(err)
		}
		for _, object := range info.Uses {
			used[origin(object)] = true
			typ := types.Unalias(object.Type())
			if pointer, ok := typ.(*types.Pointer); ok {
				typ = types.Unalias(pointer.Elem())
			}
			if named, ok := typ.(*types.Named); ok {
				used[named.Obj()] = true
			}
		}
		for object := range api.names {
			if isImplemented(object, checked) {
				used[object] = true
			}
		}
	}
	return used
}

func (api *publicAPI) exampleFiles(t *testing.T, pkg string) []*ast.File {
	t.Helper()
	paths, err := filepath.Glob("../../" + pkg + "/*example*_test.go")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s has no Examples: %v", pkg, err)
	}
	files := make([]*ast.File, len(paths))
	for i, path := range paths {
		if files[i], err = parser.ParseFile(api.fset, path, nil, parser.SkipObjectResolution); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// origin returns the generic declaration of an object.
func origin(object types.Object) types.Object {
	switch object := object.(type) {
	case *types.Func:
		return object.Origin()
	case *types.Var:
		return object.Origin()
	}
	return object
}

// isImplemented reports whether object is a method of an interface that a type of pkg
// implements.
func isImplemented(object types.Object, pkg *types.Package) bool {
	method, ok := object.(*types.Func)
	if !ok || method.Signature().Recv() == nil {
		return false
	}
	contract, ok := method.Signature().Recv().Type().Underlying().(*types.Interface)
	if !ok {
		return false
	}
	for _, name := range pkg.Scope().Names() {
		if own, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok && !types.IsInterface(own.Type()) &&
			(types.Implements(own.Type(), contract) || types.Implements(types.NewPointer(own.Type()), contract)) {
			return true
		}
	}
	return false
}

var (
	codeFence = regexp.MustCompile("(?s)```go\n(.*?)```")
	codeSpan  = regexp.MustCompile("`[^`\n]+`")
	qualified = regexp.MustCompile(`\b(\w+)\.([A-Z]\w*)(?:\.([A-Z]\w*))?`)
)

// namedInPages returns what Markdown's code names with its package, such as
// testkit.Cloud.Inject.
func (api *publicAPI) namedInPages(t *testing.T) map[types.Object]bool {
	t.Helper()
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, page := range append(pages, "../../README.md") {
		text := readFile(t, page)
		for _, code := range append(codeFence.FindAllString(text, -1), codeSpan.FindAllString(text, -1)...) {
			for _, match := range qualified.FindAllStringSubmatch(code, -1) {
				pkg := strings.TrimPrefix(match[1], "secret")
				names[pkg+"."+match[2]] = true
				names[fmt.Sprintf("%s.%s.%s", pkg, match[2], match[3])] = match[3] != ""
			}
		}
	}
	named := map[types.Object]bool{}
	for object, name := range api.names {
		if names[name[strings.LastIndex(name, "/")+1:]] {
			named[object] = true
		}
	}
	return named
}

// mentionedPackages returns the packages of the types in an object's declaration.
func mentionedPackages(object types.Object) map[string]bool {
	paths := map[string]bool{}
	qualify := func(pkg *types.Package) string {
		paths[pkg.Path()] = true
		return pkg.Name()
	}
	if alias, ok := object.Type().(*types.Alias); ok {
		types.TypeString(types.Unalias(alias), qualify)
	}
	if name, ok := object.(*types.TypeName); !ok {
		types.ObjectString(object, qualify)
	} else if signature, ok := name.Type().Underlying().(*types.Signature); ok {
		types.TypeString(signature, qualify)
	}
	return paths
}
