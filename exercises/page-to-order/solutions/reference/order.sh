helm repo add drydock https://charts.drydock.example
helm show values drydock/nginx
helm install tides drydock/nginx --version 1.0.0 -n quay --set replicaCount=2,message="High tide at six" --wait
helm upgrade tides drydock/nginx --version 1.1.0 -n quay --reuse-values --wait
