# Pages as files, differences as a patch, labels in selectors, too.
mkdir -p overlays/north
cat > overlays/north/kustomization.yaml <<END
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../../base]
namespace: north
commonLabels: {harbour: north}
configMapGenerator:
- name: greeting
  files: [index.html]
patches:
- target: {kind: Deployment, name: board}
  patch: |-
    - {op: replace, path: /spec/replicas, value: 2}
    - {op: replace, path: /spec/template/spec/containers/0/image, value: nginx:1.29}
END
echo 'Welcome to the north' > overlays/north/index.html
mkdir -p overlays/south
cat > overlays/south/kustomization.yaml <<END
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../../base]
namespace: south
labels:
- pairs: {harbour: south}
  includeSelectors: true
configMapGenerator:
- name: greeting
  files: [index.html]
END
echo 'Welcome to the south' > overlays/south/index.html
kubectl apply -k overlays/north
kubectl apply -k overlays/south
for harbour in north south; do kubectl rollout status deployment/board -n $harbour --timeout=60s; done
