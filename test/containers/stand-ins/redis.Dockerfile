# Stands in for the official image of Redis: the same user, folder and command, with the server that Debian packages.
ARG DEBIAN
FROM ${DEBIAN}
RUN mkdir -p /data && chown redis:redis /data
VOLUME /data
WORKDIR /data
EXPOSE 6379
CMD ["redis-server"]
