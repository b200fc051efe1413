kubectl delete pod moorings-2 moorings-1
kubectl rollout status statefulset/moorings --timeout=60s
