kubectl delete pod moorings-2
kubectl rollout status statefulset/moorings --timeout=60s
