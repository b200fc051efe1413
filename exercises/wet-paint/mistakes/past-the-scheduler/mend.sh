kubectl patch deployment press -p '{"spec":{"template":{"spec":{"nodeName":"node-2"}}}}'
kubectl rollout status deployment/press --timeout=60s
