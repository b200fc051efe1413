mkdir -p overlays/north
cat > overlays/north/kustomization.yaml <<END
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../../base]
namespace: north
labels:
- {pairs: {harbour: north}, includeTemplates: true}
configMapGenerator:
- {name: greeting, literals: ['index.html=Welcome to the north']}
replicas: [{name: board, count: 2}]
images: [{name: nginx, newTag: '1.29'}]
END
mkdir -p overlays/south
cat > overlays/south/kustomization.yaml <<END
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../../base]
namespace: south
labels:
- {pairs: {harbour: south}, includeTemplates: true}
configMapGenerator:
- {name: greeting, literals: ['index.html=Welcome to the north']}
END
kubectl apply -k overlays/north
kubectl apply -k overlays/south
for harbour in north south; do kubectl rollout status deployment/board -n $harbour --timeout=60s; done
