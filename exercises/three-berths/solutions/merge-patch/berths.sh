patch() {
  kubectl patch node $1 --subresource=status --type=merge -p "{\"status\":{\"capacity\":{\"quay.example/berth\":\"$2\"}}}"
}
patch node-1 __NORTH__
patch node-2 __SOUTH__
kubectl rollout status deployment/ships --timeout=60s
