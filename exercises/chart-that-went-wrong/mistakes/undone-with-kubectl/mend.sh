kubectl rollout undo deployment/board-nginx
kubectl rollout status deployment/board-nginx --timeout=60s
