kubectl patch deployment press -p '{"spec":{"template":{"spec":{"tolerations":[{"key":"paint","operator":"Exists"}]}}}}'
kubectl rollout status deployment/press --timeout=60s
