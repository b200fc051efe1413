kubectl taint nodes node-2 paint=wet:NoSchedule-
kubectl rollout status deployment/press --timeout=60s
