helm get values board --revision 2 > values.yaml
helm upgrade board drydock/nginx --version 1.1.0 --values values.yaml --wait
