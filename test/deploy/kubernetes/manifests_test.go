// Package kubernetes holds the manifests of deploy/ to the types of Kubernetes.
package kubernetes

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// decode decodes the documents of a manifest. A field that the type does not have, or
// one that is given twice, fails the test.
func decode(t *testing.T) (objects []runtime.Object) {
	t.Helper()
	text, err := os.ReadFile("../../../deploy/kubernetes/prefect-secrets.yaml")
	if err != nil {
		t.Fatal(err)
	}
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, policyv1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	strict := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	documents := yaml.NewDocumentDecoder(io.NopCloser(bytes.NewReader(text)))
	buffer := make([]byte, len(text))
	for {
		n, err := documents.Read(buffer)
		if errors.Is(err, io.EOF) {
			return objects
		}
		if err != nil {
			t.Fatal(err)
		}
		object, _, err := strict.Decode(buffer[:n], nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, object)
	}
}

func TestManifestsAreStrict(t *testing.T) {
	kinds := map[string]int{}
	for _, object := range decode(t) {
		kinds[object.GetObjectKind().GroupVersionKind().Kind]++
	}
	for _, kind := range []string{"ServiceAccount", "Service", "PodDisruptionBudget", "Deployment"} {
		if kinds[kind] != 1 {
			t.Errorf("%d documents are a %s", kinds[kind], kind)
		}
	}
}

// The names that one document gives and another uses are the same.
func TestManifestsFitTogether(t *testing.T) {
	var deployment *appsv1.Deployment
	var service *corev1.Service
	for _, object := range decode(t) {
		switch o := object.(type) {
		case *appsv1.Deployment:
			deployment = o
		case *corev1.Service:
			service = o
		}
	}
	pod := deployment.Spec.Template
	for label, value := range service.Spec.Selector {
		if pod.Labels[label] != value || deployment.Spec.Selector.MatchLabels[label] != value {
			t.Errorf("no pod has the label %s=%s", label, value)
		}
	}
	container := pod.Spec.Containers[0]
	ports := map[string]bool{}
	for _, p := range container.Ports {
		ports[p.Name] = true
	}
	for _, port := range []string{
		service.Spec.Ports[0].TargetPort.StrVal,
		container.ReadinessProbe.HTTPGet.Port.StrVal, container.LivenessProbe.HTTPGet.Port.StrVal,
	} {
		if !ports[port] {
			t.Errorf("the container has no port %q", port)
		}
	}
	volumes := map[string]bool{}
	for _, v := range pod.Spec.Volumes {
		volumes[v.Name] = true
	}
	for _, m := range container.VolumeMounts {
		if !volumes[m.Name] {
			t.Errorf("there is no volume %q", m.Name)
		}
		if args := strings.Join(container.Args, " "); !strings.Contains(args, "="+m.MountPath+"/") {
			t.Errorf("serve reads nothing of %s", m.MountPath)
		}
	}
	if *deployment.Spec.Replicas != 2 || container.Resources.Limits.Memory().Value() != 128<<20 {
		t.Errorf("%d replicas of %s, and docs/self-hosting.md says two of 128 MiB",
			*deployment.Spec.Replicas, container.Resources.Limits.Memory())
	}
}
