helm repo add drydock https://charts.drydock.example
helm install tides drydock/nginx --version 1.0.0 -n quay --wait
helm upgrade tides drydock/nginx --version 1.1.0 -n quay --set replicaCount=2,message="High tide at six" --wait
