"""The first step of COPY: an object's bytes decompressed and cut into blocks of whole lines."""
