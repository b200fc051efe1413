helm repo add charts https://charts.drydock.example
kubectl config set-context --current --namespace=quay
helm pull charts/nginx --version 1.0.0
helm install tides nginx-1.0.0.tgz --set replicaCount=2 --set message="High tide at six"
helm upgrade tides charts/nginx
kubectl rollout status deployment/tides-nginx --timeout=60s
