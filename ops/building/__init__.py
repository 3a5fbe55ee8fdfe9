"""From Python values to nodes: conversion, constants, `build`, the default graph, the basic operations."""
