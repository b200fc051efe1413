kubectl uncordon node-1
kubectl rollout status deployment/press --timeout=60s
