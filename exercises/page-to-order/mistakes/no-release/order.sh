helm repo add drydock https://charts.drydock.example
helm template tides drydock/nginx --version 1.1.0 -n quay --set replicaCount=2,message="High tide at six" | kubectl apply -n quay -f -
kubectl rollout status deployment/tides-nginx -n quay --timeout=60s
