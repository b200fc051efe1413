kubectl set image deployment/board-nginx nginx=nginx:1.29
kubectl scale deployment/board-nginx --replicas=2
kubectl patch configmap board-nginx -p '{"data": {"index.html": "Summer times\n"}}'
kubectl rollout restart deployment/board-nginx
kubectl rollout status deployment/board-nginx --timeout=60s
