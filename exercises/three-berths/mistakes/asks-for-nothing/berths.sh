kubectl patch deployment ships --type=json -p '[{"op": "remove", "path": "/spec/template/spec/containers/0/resources"}]'
kubectl rollout status deployment/ships --timeout=60s
